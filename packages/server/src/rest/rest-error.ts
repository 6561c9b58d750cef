/** A refusal of an HTTP request. The body is the envelope all SDKs read (`rest §1.6`). */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const unauthorized = () => new RestError(401, 401, 'Unauthorized.');
