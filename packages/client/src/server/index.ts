/**
 * For an app's own server: sign what its clients do, use REST with the master key, and verify the calls of hooks and
 * webhooks. It needs Node; nothing of it belongs into a browser.
 */
export { ParleyError } from '../errors.ts';
export type { JsonObject, JsonValue } from '../json.ts';
export type { Operation, Signature } from '../session/authorize.ts';
export {
  type CommittedMessage,
  HookRefused,
  type HookSecrets,
  type IncomingCall,
  type ServiceMessage,
  verifyHook,
  verifyServiceWebhook,
  verifyWebhook,
} from './hooks.ts';
export {
  createServer,
  ParleyServer,
  type RequestOptions,
  type SentByServer,
  type ServerOptions,
  type ServerSendOptions,
  type Target,
} from './server.ts';
export { createSigner, type HistoryQuery, type SignerOptions } from './signer.ts';
