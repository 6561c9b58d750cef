export type {
  Cache,
  OpenCache,
  StoredConversation,
  StoredMessage,
  StoredState,
  StoredUnsent,
} from './cache/cache.ts';
export { Client, type ClientOptions, type ClientSettings, createClient } from './client.ts';
export type { ClientEvents } from './client-events.ts';
export {
  Connection,
  type ConnectionEvents,
  type ConnectionOptions,
  type ConnectionState,
} from './connection/connection.ts';
export { BasicConversation, type MemberReceipt } from './conversations/basic-conversation.ts';
export {
  addUnique,
  append,
  type Change,
  type ConversationChanges,
  increment,
  Operation as ChangeOperation,
  remove,
  removeFrom,
} from './conversations/changes.ts';
export { ChatRoom } from './conversations/chat-room.ts';
export { Conversation } from './conversations/conversation.ts';
export type { ConversationData, ConversationType } from './conversations/conversation-data.ts';
export type { ConversationEvents } from './conversations/conversation-events.ts';
export {
  Conversations,
  type NewBasicConversation,
  type NewConversation,
  type NewTemporaryConversation,
} from './conversations/conversations.ts';
export {
  type ClientPage,
  ManagedConversation,
  type PageOptions,
} from './conversations/managed-conversation.ts';
export type { PartialResult } from './conversations/partial-result.ts';
export {
  ConversationQuery,
  type Operands,
  type OperatorOf,
  type QueryField,
  type QueryFields,
  type QueryOperator,
} from './conversations/query.ts';
export type { Role } from './conversations/roles.ts';
export { ServiceConversation } from './conversations/service-conversation.ts';
export { TemporaryConversation } from './conversations/temporary-conversation.ts';
export { type LocalReason, ParleyError, type Reason } from './errors.ts';
export { Emitter, type Unsubscribe } from './events.ts';
export { Files, type UploadData, type UploadOptions } from './files/files.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { LiveConversations } from './live/live-conversations.ts';
export { LiveList } from './live/live-list.ts';
export { LiveMessages, type LiveMessagesOptions } from './live/live-messages.ts';
export {
  type CustomMessage,
  type CustomMessageType,
  defineMessageType,
  type MessageDefinition,
} from './messages/define-message-type.ts';
export type { HistoryOptions } from './messages/history.ts';
export { Message, type MessageStatus } from './messages/message.ts';
export {
  AudioMessage,
  BinaryMessage,
  FileBasedMessage,
  FileMessage,
  type FileReference,
  ImageMessage,
  LocationMessage,
  type Place,
  PlainMessage,
  RecalledMessage,
  TextMessage,
  UnknownMessage,
  VideoMessage,
} from './messages/message-types.ts';
export { Messages } from './messages/messages.ts';
export type { Priority, SendOptions } from './messages/send-options.ts';
export { type MessageType, TypedMessage, type TypedOptions } from './messages/typed-message.ts';
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
