import type { ErrorReason } from '@parley/protocol/errors';
import type { ErrorCommand } from '@parley/protocol/wire';

/** What goes wrong in the SDK itself. Codes are those of other SDKs of this protocol. */
const localErrors = {
  TIMEOUT: { code: 9000, meaning: 'The server did not answer in time.' },
  CONNECTION_LOST: { code: 9001, meaning: 'The connection was lost before the answer came.' },
  CLIENT_CLOSED: { code: 9002, meaning: 'The client is closed. Open it again.' },
  INVALID_ARGUMENT: { code: 9003, meaning: 'The call cannot be understood.' },
  HTTP_FAILED: { code: 9004, meaning: 'An HTTP request failed.' },
  AUTHORIZE_FAILED: { code: 9005, meaning: 'The app’s authorize function failed.' },
} as const;

export type LocalReason = keyof typeof localErrors;

/** Symbolic names of errors: the server's table and the SDK's own. */
export type Reason = ErrorReason | LocalReason;

/** Refusals that pass by themselves; trying later may succeed. */
const PASSING: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'CONNECTION_LOST',
  'HTTP_FAILED',
  'AUTHORIZE_FAILED',
  'MESSAGE_SENT_QUOTA_EXCEEDED',
  'INTERNAL_ERROR',
  'CONVERSATION_INTERNAL_ERROR',
  'CONVERSATION_API_FAILED',
]);

/**
 * A refusal of the server or a failure on the way to it.
 *
 * @example
 * try {
 *   await chat.send('hello');
 * } catch (error) {
 *   if (error instanceof ParleyError && error.reason === 'SILIENCED') showThatNobodyListens();
 * }
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: number;
  /** The symbolic name. Servers may know more names than this SDK. */
  readonly reason: Reason | (string & {});
  /** What the server says about this case. */
  readonly detail: string | undefined;
  /** Code and text a hook of the app gave. */
  readonly appCode: number | undefined;
  readonly appMessage: string | undefined;
  /** True where the same call may succeed later without a change. */
  readonly isPassing: boolean;

  constructor(
    reason: Reason | (string & {}),
    code: number,
    extra: {
      detail?: string | undefined;
      appCode?: number | undefined;
      appMessage?: string | undefined;
      /** Default: as such errors are. */
      isPassing?: boolean | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    super(extra.detail ?? extra.appMessage ?? reason, options);
    this.reason = reason;
    this.code = code;
    this.detail = extra.detail;
    this.appCode = extra.appCode;
    this.appMessage = extra.appMessage;
    this.isPassing = extra.isPassing ?? PASSING.has(reason);
  }

  /** No answer came, so nobody knows whether it was done. @internal */
  get isUnanswered(): boolean {
    return this.reason === 'CONNECTION_LOST' || this.reason === 'TIMEOUT';
  }
}

export function localError(
  reason: LocalReason,
  detail?: string,
  { isPassing, ...options }: ErrorOptions & { readonly isPassing?: boolean | undefined } = {},
): ParleyError {
  const { code, meaning } = localErrors[reason];
  return new ParleyError(reason, code, { detail: detail ?? meaning, isPassing }, options);
}

/** The error that a command of the server carries. */
export function errorFrom({ code, reason, detail, appCode, appMsg }: ErrorCommand): ParleyError {
  return new ParleyError(reason ?? `ERROR_${code}`, code ?? 0, { detail, appCode, appMessage: appMsg });
}

export function asParleyError(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  return localError('INVALID_ARGUMENT', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
