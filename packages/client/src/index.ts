export { Client, type ClientEvents, type ClientOptions, createClient } from './client.ts';
export {
  Connection,
  type ConnectionEvents,
  type ConnectionOptions,
  type ConnectionState,
} from './connection/connection.ts';
export { type LocalReason, ParleyError, type Reason } from './errors.ts';
export { Emitter, type Unsubscribe } from './events.ts';
export { type MiniProgramApi, miniProgramPlatform } from './platform/mini-program.ts';
export type {
  Clock,
  HttpRequest,
  HttpResponse,
  Network,
  Platform,
  Socket,
  SocketListener,
  Visibility,
} from './platform/platform.ts';
export {
  type AppStateLike,
  type NetInfoLike,
  type ReactNativeOptions,
  reactNativePlatform,
} from './platform/react-native.ts';
export { type WebPlatformOptions, webPlatform } from './platform/web.ts';
export type { WebSocketConstructor, WebSocketLike } from './platform/web-socket.ts';
export type { Authorize, Operation, Signature, UserSession } from './session/authorize.ts';
export type { ClientState, SessionOptions } from './session/session.ts';
