/** Operations per sliding minute and client; `0` means no limit. */
export type ClientRateLimits = {
  readonly messagesPerMinute: number;
  readonly historyQueriesPerMinute: number;
  readonly otherOperationsPerMinute: number;
};

/**
 * Every per-app switch and limit of the messaging service (`semantics §11.1, §12.2`). Stored as overrides over
 * {@link defaultAppSettings}, so that a new release may add a setting without touching stored apps.
 */
export interface AppSettings {
  /** Off refuses every login with 4100. */
  readonly imEnabled: boolean;
  readonly signLogin: boolean;
  readonly signConversation: boolean;
  readonly signHistory: boolean;
  readonly signBlacklist: boolean;
  /** With this on, a quit needs a signature too; off by default because Java never signs one (F-SEC-14). */
  readonly strictQuitSignature: boolean;
  /** Roles, member muting and owner protection. */
  readonly memberRoles: boolean;
  readonly blacklist: boolean;
  readonly allowEdit: boolean;
  readonly allowRecall: boolean;
  readonly abortOnHookFailure: boolean;
  readonly filterOneToOne: boolean;
  /** Letters, digits, `_`, `-`, no leading digit (F-SESS-03). Off accepts what live apps really use. */
  readonly strictClientId: boolean;
  /** Over-limit requests are dropped without an answer, as the service being replaced did (F-LIM-01). */
  readonly silentOverLimit: boolean;
  /** 100 messages a conversation and 50 random conversations at login (F-MSG-27, F-MSG-28). */
  readonly legacyUnreadCaps: boolean;
  readonly membersMayInvite: boolean;
  /** Queries find only what the client is in, chat rooms, services and conversations marked public. */
  readonly privateConversations: boolean;
  readonly clientRateLimits: ClientRateLimits;
  readonly maxMembers: number;
  readonly maxTemporaryMembers: number;
  /** Bytes of content and all metadata of one message (F-MSG-01, F-MSG-02). */
  readonly maxMessageBytes: number;
  /** Days a message is kept, and days of silence after which a conversation is deleted. */
  readonly messageRetentionDays: number;
  readonly conversationRetentionDays: number;
  /** Days a missed membership or attribute event stays retrievable. */
  readonly notificationRetentionDays: number;
  /** Chat-room and transient deliveries per second and node; the excess is discarded and counted. */
  readonly deliveriesPerSecond: number;
  /** Distinct clients that may log in on one day; `0` means no limit. */
  readonly dailyClients: number;
  /** Service conversations an app may have. */
  readonly maxServiceConversations: number;
  /** Exact web origins that may connect; empty allows every origin. */
  readonly allowedOrigins: readonly string[];
  /** Seconds a session token is valid. */
  readonly sessionTokenSeconds: number;
  /** Push content for offline receivers where a message brings none; empty sends no push. */
  readonly offlinePushContent: string;
  readonly offlinePushSandbox: boolean;
  /** Where users' messages to services are posted; empty posts nothing. */
  readonly serviceMessageCallbackUrl: string;
  /** REST calls of the normal-message class per minute, at most 9,000. */
  readonly restMessagesPerMinute: number;
}

export const defaultAppSettings: AppSettings = {
  imEnabled: true,
  signLogin: false,
  signConversation: false,
  signHistory: false,
  signBlacklist: false,
  strictQuitSignature: false,
  memberRoles: true,
  blacklist: true,
  allowEdit: true,
  allowRecall: true,
  abortOnHookFailure: false,
  filterOneToOne: false,
  strictClientId: false,
  silentOverLimit: false,
  legacyUnreadCaps: false,
  membersMayInvite: true,
  privateConversations: false,
  clientRateLimits: { messagesPerMinute: 60, historyQueriesPerMinute: 120, otherOperationsPerMinute: 30 },
  maxMembers: 500,
  maxTemporaryMembers: 10,
  maxMessageBytes: 5 * 1024,
  messageRetentionDays: 180,
  conversationRetentionDays: 180,
  notificationRetentionDays: 7,
  deliveriesPerSecond: 160_000,
  dailyClients: 0,
  maxServiceConversations: 100,
  allowedOrigins: [],
  sessionTokenSeconds: 48 * 3600,
  offlinePushContent: '',
  offlinePushSandbox: false,
  serviceMessageCallbackUrl: '',
  restMessagesPerMinute: 1800,
};
