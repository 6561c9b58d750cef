import { DataError, type DataErrorReason, type ErrorReason, ImError } from '../domain/errors.ts';
import { InvalidQuery } from '../domain/query/invalid-query.ts';

/** A refusal of an HTTP request. The body is the envelope all SDKs read (`rest §1.6`). */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: number;
  /** One sentence about this case, where `error` is a fixed text that callers compare. */
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: number,
    message: string,
    detail?: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.headers = headers;
  }
}

export const unauthorized = () => new RestError(401, 401, 'Unauthorized.');

export const forbidden = (detail: string) =>
  new RestError(403, 403, 'Forbidden to read/write by class permissions', detail);

/** A parameter that is missing, of another type, or beyond its limits. */
export const badParameter = (sentence: string) => new RestError(400, 1, sentence);

export const notJson = (detail: string) =>
  new RestError(400, 107, 'Malformed json object. A json dictionary is expected.', detail);

export const tooManyRequests = (wait: number) => overBudget(429, 'Too many requests.', wait);

export const tooManyUploads = (wait: number) => overBudget(430, 'Upload files rate limit exceeded.', wait);

function overBudget(code: number, text: string, wait: number): RestError {
  const seconds = String(Math.ceil(wait / 1000));
  const detail = `The app has used up its budget; try again in ${seconds} seconds.`;
  return new RestError(429, code, text, detail, { 'retry-after': seconds });
}

/** HTTP status of the refusals that are not just 400 (`rest §1.6`). */
const STATUS: Partial<Readonly<Record<ErrorReason, number>>> = {
  APP_NOT_AVAILABLE: 403,
  SIGNATURE_FAILED: 403,
  SESSION_TOKEN_EXPIRED: 401,
  INTERNAL_ERROR: 500,
  SEND_MESSAGE_TIMEOUT: 500,
  CONVERSATION_SIGNATURE_FAILED: 403,
  CONVERSATION_LOG_FAILED: 503,
  CONVERSATION_NOT_FOUND: 404,
  CONVERSATION_REJECTED_BY_APP: 403,
  CONVERSATION_MEMBER_INFO_FEATURE_DISABLED: 403,
  INVALID_MESSAGING_TARGET: 404,
  MESSAGE_REJECTED_BY_APP: 403,
  MESSAGE_OWNERSHIP_REQUIRED: 403,
  MESSAGE_NOT_FOUND: 404,
  MESSAGE_UPDATE_REJECTED_BY_APP: 403,
  BLACKLIST_FEATURE_DISABLED: 403,
};

/** What callers compare is the name of the refusal, or what a hook of the app said; the sentence is for people. */
export function refusalOf(error: ImError): RestError {
  // Over HTTP a condition is refused as in the data API (`storage-subset §2`).
  if (error instanceof InvalidQuery) return notJson(error.message);
  return new RestError(
    STATUS[error.reason] ?? 400,
    error.code,
    wordsOfHook(error) ?? error.reason,
    error.message,
  );
}

/** Codes below zero are of refusals of our own, which no hook worded. Nothing is no text to callers. */
function wordsOfHook({ appCode = 0, appMsg }: ImError): string | undefined {
  return appCode < 0 || appMsg === '' ? undefined : appMsg;
}

/** The same for refusals of the data API, whose texts callers know (`storage-subset §2`). */
const DATA_STATUS: Partial<Readonly<Record<DataErrorReason, number>>> = {
  CLASS_NOT_FOUND: 404,
  CLASS_NOT_KEPT: 404,
  SESSION_MISSING: 403,
  FORBIDDEN: 403,
  TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  STORAGE_FULL: 503,
};

/** A refusal as HTTP says it; `undefined` for a fault. */
export function refusalFrom(error: unknown): RestError | undefined {
  if (error instanceof RestError) return error;
  if (error instanceof ImError) return refusalOf(error);
  if (!(error instanceof DataError)) return undefined;
  return new RestError(DATA_STATUS[error.reason] ?? 400, error.code, error.text, error.detail);
}

/** The body of a refusal. */
export function envelopeOf({ code, message, detail }: RestError): Readonly<Record<string, string | number>> {
  return { code, error: message, ...(detail !== undefined && { detail }) };
}
