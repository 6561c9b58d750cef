export { DataError, type DataErrorReason, dataErrorTable } from './data-errors.ts';

/**
 * The one table of error codes. Codes and names are those existing SDKs compare (`wire-protocol §5.3`), misspellings
 * included; the meaning says what to do next.
 */
export const errorTable = {
  APP_NOT_AVAILABLE: {
    code: 4100,
    meaning: 'The app is unknown or its messaging is switched off. Check the app id.',
  },
  DUPLICATED_LOGIN: {
    code: 4101,
    meaning: 'The device is logged in to push twice. Messaging is not affected.',
  },
  SIGNATURE_FAILED: { code: 4102, meaning: 'The login signature is missing, wrong or too old. Sign again.' },
  INVALID_LOGIN: { code: 4103, meaning: 'The client id is malformed. Use 1 to 64 characters.' },
  SESSION_REQUIRED: {
    code: 4105,
    meaning: 'No session is open for this client. Wait for the login to succeed.',
  },
  BLACKLISTED: { code: 4106, meaning: 'The client is banned from this app.' },
  READ_TIMEOUT: { code: 4107, meaning: 'Nothing was received for too long. Reconnect and send heartbeats.' },
  LOGIN_TIMEOUT: {
    code: 4108,
    meaning: 'Nobody logged in on the connection in time. Reconnect and log in at once.',
  },
  FRAME_TOO_LONG: {
    code: 4109,
    meaning: 'The message or frame is too long. Send less, or a link to a file.',
  },
  INVALID_ORIGIN: {
    code: 4110,
    meaning: 'The web origin is not on the app’s list. Add it to the allowed origins.',
  },
  SESSION_CONFLICT: { code: 4111, meaning: 'The client is logged in with the same tag on another device.' },
  SESSION_TOKEN_EXPIRED: { code: 4112, meaning: 'The session token is invalid or expired. Log in again.' },
  APP_QUOTA_EXCEEDED: { code: 4113, meaning: 'The app has reached its number of clients for today.' },
  UNPARSEABLE_RAW_MESSAGE: { code: 4114, meaning: 'The frame cannot be decoded. Check the sub-protocol.' },
  KICKED_BY_APP: { code: 4115, meaning: 'The app’s server ended the session.' },
  MESSAGE_SENT_QUOTA_EXCEEDED: {
    code: 4116,
    meaning: 'Too many requests within a minute. Slow down and retry.',
  },
  UNBIND_INSTALLATION_FAILED: { code: 4117, meaning: 'The device could not be unbound from push at logout.' },
  INTERNAL_ERROR: {
    code: 4200,
    meaning: 'The server failed or does not know the command. Retry; see its log.',
  },
  SEND_MESSAGE_TIMEOUT: { code: 4201, meaning: 'Sending took too long. Retry with the same token.' },
  CONVERSATION_INTERNAL_ERROR: { code: 4300, meaning: 'The server failed at the conversation. Retry.' },
  CONVERSATION_API_FAILED: {
    code: 4301,
    meaning: 'A service behind the server failed; the detail says which.',
  },
  CONVERSATION_SIGNATURE_FAILED: {
    code: 4302,
    meaning: 'The signature of the operation is missing or wrong.',
  },
  CONVERSATION_NOT_FOUND: { code: 4303, meaning: 'There is no such conversation, or it has expired.' },
  CONVERSATION_FULL: { code: 4304, meaning: 'The conversation has as many members as it may have.' },
  CONVERSATION_REJECTED_BY_APP: { code: 4305, meaning: 'A hook of the app refused the operation.' },
  CONVERSATION_UPDATE_FAILED: {
    code: 4306,
    meaning: 'The update is malformed or lost a race. See the detail.',
  },
  CONVERSATION_READ_ONLY: {
    code: 4307,
    meaning: 'This conversation can neither be updated nor change members.',
  },
  CONVERSATION_NOT_ALLOWED: { code: 4308, meaning: 'The client may not do this in this conversation.' },
  CONVERSATION_UPDATE_REJECTED: {
    code: 4309,
    meaning: 'Only members may update the conversation. Join first.',
  },
  CONVERSATION_QUERY_FAILED: { code: 4310, meaning: 'The query is malformed or too slow. See the detail.' },
  CONVERSATION_LOG_FAILED: { code: 4311, meaning: 'The history could not be read in time. Retry.' },
  CONVERSATION_LOG_REJECTED: { code: 4312, meaning: 'Only members may read this history. Join first.' },
  SYSTEM_CONVERSATION_REQUIRED: { code: 4313, meaning: 'Only service conversations can do this.' },
  NORMAL_CONVERSATION_REQUIRED: { code: 4314, meaning: 'Only basic conversations can do this.' },
  CONVERSATION_TEMPORARY_BLACKLISTED: { code: 4315, meaning: 'The client is muted here for a while.' },
  TRANSIENT_CONVERSATION_REQUIRED: { code: 4316, meaning: 'Only chat rooms can do this.' },
  CONVERSATION_MEMBERSHIP_REQUIRED: { code: 4317, meaning: 'Only members can do this. Join first.' },
  CONVERSATION_API_QUOTA_EXCEEDED: { code: 4318, meaning: 'Too many conversation operations. Slow down.' },
  CONVERSATION_OPERATION_UNAUTHORIZED: { code: 4320, meaning: 'The client’s role does not allow this.' },
  UNKNOWN_CONVERSATION_ROLE: { code: 4321, meaning: 'There is no such role. Use Manager or Member.' },
  CONVERSATION_MEMBER_IN_ROLE_FULL: { code: 4322, meaning: 'The role has as many members as it may have.' },
  TEMPORARY_CONVERSATION_EXPIRED: { code: 4323, meaning: 'The temporary conversation has expired.' },
  CONVERSATION_NEED_OWNER: { code: 4324, meaning: 'The owner cannot leave or be removed.' },
  CONVERSATION_MEMBER_INFO_FEATURE_DISABLED: {
    code: 4325,
    meaning: 'The app has member roles switched off.',
  },
  INVALID_MESSAGING_TARGET: { code: 4401, meaning: 'The conversation is gone or the sender is not in it.' },
  MESSAGE_REJECTED_BY_APP: { code: 4402, meaning: 'A hook of the app refused the message.' },
  MESSAGE_OWNERSHIP_REQUIRED: { code: 4403, meaning: 'Only its author may change a message.' },
  MESSAGE_NOT_FOUND: { code: 4404, meaning: 'There is no such message in the conversation.' },
  MESSAGE_UPDATE_REJECTED_BY_APP: { code: 4405, meaning: 'A hook of the app refused the change.' },
  MESSAGE_EDIT_DISABLED: { code: 4406, meaning: 'The app does not let clients edit messages.' },
  MESSAGE_RECALL_DISABLED: { code: 4407, meaning: 'The app does not let clients recall messages.' },
  MESSAGE_MODIFIED_BY_CENSORSHIP: { code: 4408, meaning: 'The keyword filter changed the message.' },
  BLACKLIST_FULL: { code: 4543, meaning: 'The block list has as many entries as it may have.' },
  BLACKLIST_FEATURE_DISABLED: { code: 4544, meaning: 'The app has block lists switched off.' },
  BLACKLIST_SIGNATURE_FAILED: { code: 4546, meaning: 'The signature of the block operation is wrong.' },
  BLOCKED_BY_CONV: { code: 4548, meaning: 'The conversation has blocked the client.' },
  SILIENCED_MEMBER_LIST_FULL: { code: 4561, meaning: 'As many members are muted as may be.' },
  SILIENCED: { code: 4563, meaning: 'The client is muted in this conversation.' },
  OWNER_PROMOTION_NOT_ALLOWED: { code: 5130, meaning: 'Nobody can be made owner; the creator is.' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

/** The symbolic name that goes over the wire as `reason`. */
export type ErrorReason = keyof typeof errorTable;
export type ErrorCode = (typeof errorTable)[ErrorReason]['code'];

export interface ErrorExtra {
  /** Code and text a hook of the app gave. */
  readonly appCode?: number;
  readonly appMsg?: string;
}

/**
 * A refusal: a value of the table, with a sentence about this case.
 *
 * @example throw new ImError('CONVERSATION_NOT_FOUND', 'There is no conversation 5f1…')
 */
export class ImError extends Error {
  override readonly name = 'ImError';
  readonly reason: ErrorReason;
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly appCode: number | undefined;
  readonly appMsg: string | undefined;

  constructor(reason: ErrorReason, detail?: string, extra: ErrorExtra = {}) {
    super(detail ?? errorTable[reason].meaning);
    this.reason = reason;
    this.code = errorTable[reason].code;
    this.detail = detail;
    this.appCode = extra.appCode;
    this.appMsg = extra.appMsg;
  }
}

/** Codes that are also used to close a connection (`wire-protocol §2.6`). JS never reconnects after the first three. */
export const CloseCode = {
  APP_NOT_AVAILABLE: 4100,
  INVALID_LOGIN: 4103,
  INVALID_ORIGIN: 4110,
  READ_TIMEOUT: 4107,
  LOGIN_TIMEOUT: 4108,
  FRAME_TOO_LONG: 4109,
  UNPARSEABLE_RAW_MESSAGE: 4114,
  INTERNAL_ERROR: 4200,
  NORMAL: 1000,
  GOING_AWAY: 1001,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
