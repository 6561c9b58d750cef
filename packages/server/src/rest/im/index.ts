import type { RestRoute } from '../route.ts';
import { auditRoutes } from './audit-entries.ts';
import { banRoutes } from './bans.ts';
import { broadcastRoutes } from './broadcasts.ts';
import { chatRoomMemberRoutes } from './chat-room-members.ts';
import { clientRoutes } from './clients.ts';
import { chatRooms, conversations, services } from './collection.ts';
import { historyRoutes } from './history.ts';
import { keywordRoutes } from './keywords.ts';
import { legacyRoutes } from './legacy/index.ts';
import { logRoutes } from './logs.ts';
import { memberInfo } from './member-info.ts';
import { memberInfoRoutes } from './member-infos.ts';
import { memberRoutes } from './members.ts';
import { messageRoutes } from './messages.ts';
import { blacklistRoutes, silencedRoutes } from './moderated-lists.ts';
import { muteRoutes } from './mutes.ts';
import { notifications } from './notifications.ts';
import { recordRoutes } from './records.ts';
import { refusedConversationRoutes } from './refused-conversations.ts';
import { serviceMessageRoutes } from './service-messages.ts';
import { signRoutes } from './sign.ts';
import { subscriberRoutes } from './subscribers.ts';
import { temporarilySilencedRoutes } from './temporarily-silenced.ts';
import { webhookRoutes } from './webhooks.ts';
import { wholeAppRoutes } from './whole-app.ts';

/** What client SDKs call by themselves (`rest §6`). */
const sdkRoutes: readonly RestRoute[] = [...signRoutes, notifications, memberInfo];

const conversationRoutes: readonly RestRoute[] = [
  ...recordRoutes(conversations),
  ...memberRoutes,
  ...muteRoutes,
  ...messageRoutes(conversations),
  ...historyRoutes(conversations),
  ...temporarilySilencedRoutes(conversations),
  ...silencedRoutes(conversations),
  ...memberInfoRoutes(conversations),
  ...blacklistRoutes(conversations, [conversations, chatRooms]),
];

const chatRoomRoutes: readonly RestRoute[] = [
  ...recordRoutes(chatRooms),
  ...chatRoomMemberRoutes,
  ...messageRoutes(chatRooms),
  ...historyRoutes(chatRooms),
  ...temporarilySilencedRoutes(chatRooms),
  ...silencedRoutes(chatRooms),
  ...memberInfoRoutes(chatRooms),
  ...blacklistRoutes(chatRooms),
];

const serviceRoutes: readonly RestRoute[] = [
  ...recordRoutes(services),
  ...subscriberRoutes,
  ...serviceMessageRoutes,
  ...blacklistRoutes(services),
];

/** Messaging. */
export const imRoutes: readonly RestRoute[] = [
  ...conversationRoutes,
  ...chatRoomRoutes,
  ...serviceRoutes,
  ...broadcastRoutes,
  ...clientRoutes,
  ...banRoutes,
  ...refusedConversationRoutes,
  ...keywordRoutes,
  ...logRoutes,
  ...wholeAppRoutes,
  ...webhookRoutes,
  ...auditRoutes,
  ...legacyRoutes,
  ...sdkRoutes,
];
