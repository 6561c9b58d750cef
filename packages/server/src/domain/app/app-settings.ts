import Type from 'typebox';
import { Value } from 'typebox/value';

const MINUTE_RATE = { minimum: 0, maximum: 1_000_000 };
const DAYS = { minimum: 1, maximum: 36_500 };

function switchSetting(standard: boolean, description: string) {
  return Type.Boolean({ default: standard, description });
}

function count(standard: number, minimum: number, maximum: number, description: string) {
  return Type.Integer({ default: standard, minimum, maximum, description });
}

function restBudget(perMinute: number, perDay: number, what: string) {
  return Type.Object(
    {
      perMinute: Type.Integer({ default: perMinute, ...MINUTE_RATE }),
      perDay: Type.Integer({ default: perDay, ...MINUTE_RATE }),
    },
    {
      default: { perMinute, perDay },
      additionalProperties: false,
      description: `${what}, per minute and day (F-LIM-07); 0 means no limit.`,
    },
  );
}

/**
 * Every per-app switch and limit of the messaging service (`semantics §11.1, §12.2`), described once: the type, the
 * standard values, the checks and `docs/reference/app-settings.md` all follow from here. Stored as overrides, so that
 * a new release may add a setting without touching stored apps.
 */
export const appSettingsSchema = Type.Object(
  {
    imEnabled: switchSetting(
      true,
      'Off refuses every login, and everything clients do who are logged in, with 4100 and closes their connections.',
    ),
    signLogin: switchSetting(false, 'A login needs a signature (4102).'),
    signConversation: switchSetting(
      false,
      'Creating, joining, inviting and removing need a signature (4302).',
    ),
    signHistory: switchSetting(
      false,
      'REST calls that read the history of a conversation need a signature on top of the master key (4302, F-SEC-10).',
    ),
    signBlacklist: switchSetting(false, 'Changing a blacklist needs a signature.'),
    strictQuitSignature: switchSetting(
      false,
      'With `signConversation`, a quit needs a signature too. The Java SDK never signs one (F-SEC-14).',
    ),
    strictTemporarySignature: switchSetting(
      false,
      'With `signConversation`, creating a temporary conversation needs a signature too. The Swift SDK never signs one.',
    ),
    removalTakesInviteSignature: switchSetting(
      true,
      'With `signConversation`, removing a member takes a signature for the action `invite`, too: the Objective-C SDK asks for that one.',
    ),
    signWhenHookFails: switchSetting(
      false,
      'The login of a user of the app is signed also where the hook `_rtmClientSign` cannot be asked; off, it is refused.',
    ),
    memberRoles: switchSetting(true, 'Roles of members, muting of members, and the protection of owners.'),
    blacklist: switchSetting(true, 'Blacklists of conversations and of clients.'),
    allowEdit: switchSetting(true, 'Senders may change their messages.'),
    allowRecall: switchSetting(true, 'Senders may take their messages back.'),
    abortOnHookFailure: switchSetting(
      false,
      'A before-hook that fails refuses the operation instead of letting it pass.',
    ),
    hooksForRest: switchSetting(true, 'Hooks are asked about what comes over REST, too.'),
    engine: Type.Object(
      {
        url: Type.String({ maxLength: 2048, pattern: '^$|^https?://[^\\s]+$' }),
        hookKey: Type.String({ maxLength: 256 }),
        hooks: Type.Array(Type.String({ pattern: '^_[A-Za-z]{1,40}$' }), { maxItems: 32 }),
        legacySign: Type.Boolean(),
        timeoutMs: Type.Integer({ minimum: 1000, maximum: 10_000 }),
        notifyTimeoutMs: Type.Integer({ minimum: 1000, maximum: 60_000 }),
        maxInFlight: Type.Integer({ minimum: 1, maximum: 10_000 }),
      },
      {
        default: {
          url: '',
          hookKey: '',
          hooks: [],
          legacySign: true,
          timeoutMs: 5000,
          notifyTimeoutMs: 15_000,
          maxInFlight: 256,
        },
        additionalProperties: false,
        description:
          'Where the hooks of the app run: any server that answers like LeanEngine. `url` empty: nowhere. `hookKey` is the secret both sides know, as a header can carry it. `hooks` empty: those the engine lists itself. `legacySign` sends `__sign`, which the PHP SDK needs. `timeoutMs` is for hooks that are waited for, `notifyTimeoutMs` for the others; at most `maxInFlight` of these are under way, and as many of those.',
      },
    ),
    webhook: Type.Object(
      {
        url: Type.String({ maxLength: 2048, pattern: '^$|^https?://[^\\s]+$' }),
        secret: Type.String({ maxLength: 256, pattern: '^(whsec_)?[A-Za-z0-9+/=]*$' }),
        retries: Type.Integer({ minimum: 0, maximum: 11 }),
        events: Type.Optional(
          Type.Array(
            Type.Union([
              Type.Literal('message-changed'),
              Type.Literal('conversation-created'),
              Type.Literal('conversation-updated'),
              Type.Literal('members-added'),
              Type.Literal('members-removed'),
              Type.Literal('client-online'),
              Type.Literal('client-offline'),
            ]),
            { maxItems: 7 },
          ),
        ),
      },
      {
        default: { url: '', secret: '', retries: 11 },
        additionalProperties: false,
        description:
          'Where every committed message is posted, signed with the `secret`, base64 of at least 24 bytes, as Standard Webhooks describes. `url` empty: nowhere. After so many `retries`, over an hour in all, a batch is set aside (F-HOOK-07). `events` names what else is told there: `message-changed`, `conversation-created`, `conversation-updated`, `members-added`, `members-removed`, `client-online`, `client-offline`.',
      },
    ),
    filterOneToOne: switchSetting(
      false,
      'Keywords are filtered in conversations of two as well; everywhere else they always are.',
    ),
    rejectKeywords: switchSetting(
      false,
      'A message with a keyword is refused (4402, an edit 4405) instead of told with `***` in its place.',
    ),
    strictClientId: switchSetting(
      false,
      'Client ids are letters, digits, `_` and `-` and do not begin with a digit (F-SESS-03). Off accepts what live apps use.',
    ),
    silentOverLimit: switchSetting(
      false,
      'Requests over a client’s rate are dropped without an answer (F-LIM-01) instead of refused with 4116.',
    ),
    legacyUnreadCaps: switchSetting(
      false,
      'At login at most 50 conversations with at most 100 unread messages each are announced (F-MSG-27, F-MSG-28).',
    ),
    membersMayInvite: switchSetting(true, 'Every member may add others.'),
    privateConversations: switchSetting(
      false,
      'Queries find only what the client is in, chat rooms, services, and conversations whose attribute `public` is true.',
    ),
    kickVoidsSignatures: switchSetting(
      false,
      'A kick over REST also voids the login signatures issued before (F-SESS-28). SDKs that come back by themselves use theirs again.',
    ),
    appKeyManagesConversations: switchSetting(
      false,
      'REST calls that create, find, change and delete conversations take the app key; off, they need the master key.',
    ),
    appKeyReadsUsers: switchSetting(
      false,
      'The app key reads and finds users, without their email, phone number and identities at other providers; off, a user reads only itself.',
    ),
    appKeyUsesClasses: switchSetting(
      false,
      'The app key creates, finds, changes and deletes objects of classes the app made up, as their ACL allows; off, they need the master key.',
    ),
    appKeyFindsFiles: switchSetting(
      true,
      'The app key finds files, and with them their addresses, as far as their ACL allows; off, they need the master key.',
    ),
    appKeyDeletesFiles: switchSetting(
      true,
      'The app key deletes files whose ACL does not forbid it; off, they need the master key.',
    ),
    loginProviders: Type.Array(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' }), {
      default: ['anonymous'],
      maxItems: 50,
      description:
        'Providers whose identities (`authData`) clients may log in with. Identities are believed as they are sent, not asked back at the provider.',
    }),
    appKeyReadsHistory: switchSetting(
      false,
      'The older REST call for the history of a conversation takes the app key; combine it with `signHistory`.',
    ),
    clientRateLimits: Type.Object(
      {
        messagesPerMinute: Type.Integer({ default: 60, ...MINUTE_RATE }),
        historyQueriesPerMinute: Type.Integer({ default: 120, ...MINUTE_RATE }),
        otherOperationsPerMinute: Type.Integer({ default: 30, ...MINUTE_RATE }),
      },
      {
        default: { messagesPerMinute: 60, historyQueriesPerMinute: 120, otherOperationsPerMinute: 30 },
        additionalProperties: false,
        description: 'Operations of one client in a sliding minute; 0 means no limit.',
      },
    ),
    maxMembers: count(500, 2, 10_000, 'Members of a group.'),
    maxTemporaryMembers: count(10, 2, 500, 'Members of a temporary conversation.'),
    maxMessageBytes: count(
      5 * 1024,
      256,
      1024 * 1024,
      'Bytes of one message with all its metadata (F-MSG-01, F-MSG-02).',
    ),
    messageRetentionDays: Type.Integer({ default: 180, ...DAYS, description: 'Days a message is kept.' }),
    conversationRetentionDays: Type.Integer({
      default: 180,
      ...DAYS,
      description: 'Days without message or change after which a conversation is deleted.',
    }),
    notificationRetentionDays: Type.Integer({
      default: 7,
      ...DAYS,
      description: 'Days a missed membership or attribute event stays retrievable.',
    }),
    auditRetentionDays: Type.Integer({
      default: 365,
      ...DAYS,
      description: 'Days it is kept who administered the app and what they did (F-SEC-16).',
    }),
    deliveriesPerSecond: count(
      160_000,
      0,
      100_000_000,
      'Deliveries of chat-room and transient messages per second and node; the excess is discarded and counted. 0 means no limit.',
    ),
    dailyClients: count(
      0,
      0,
      1_000_000_000,
      'Distinct clients that may log in on one day, others are refused with 4113 (F-LIM-09); 0 means no limit.',
    ),
    maxServiceConversations: count(100, 0, 100_000, 'Service conversations the app may have.'),
    allowedOrigins: Type.Array(Type.String({ maxLength: 300, pattern: '^https?://[^/\\s*@?#]+$' }), {
      default: [],
      maxItems: 200,
      description:
        'Web origins that may connect, such as `https://chat.example.com`: scheme, host and port, no wildcards. Empty allows every one; `localhost` is always allowed.',
    }),
    sessionTokenSeconds: count(48 * 3600, 60, 365 * 86_400, 'Seconds a session token is valid.'),
    offlinePushContent: Type.String({
      default: '',
      maxLength: 4096,
      description:
        'Push content for receivers who are offline, where a message brings none. Empty sends no push.',
    }),
    offlinePushSandbox: switchSetting(false, 'Offline pushes go to the sandbox of the push provider.'),
    serviceMessageCallbackUrl: Type.String({
      default: '',
      maxLength: 2048,
      pattern: '^$|^https?://',
      description: 'Where messages of users to services are posted. Empty posts nothing.',
    }),
    restMessagesPerMinute: count(
      1800,
      0,
      1_000_000,
      'REST calls that send or change messages, per minute (F-LIM-06); 0 means no limit.',
    ),
    restSubscriberMessages: restBudget(30, 1000, 'REST calls that speak to all subscribers of a service'),
    restBroadcasts: restBudget(10, 30, 'REST calls that speak to every client of the app'),
    restUploads: restBudget(0, 0, 'Uploads that begin'),
    maxFileBytes: count(
      0,
      0,
      5 * 1024 * 1024 * 1024,
      'Bytes of one uploaded file, where that is less than `PARLEY_MAX_FILE_BYTES`; 0 means no limit of the app’s own.',
    ),
    fileRetentionDays: count(0, 0, 36_500, 'Days a file is kept; 0 means for good.'),
  },
  { additionalProperties: false },
);

export type AppSettings = Readonly<Type.Static<typeof appSettingsSchema>>;
export type ClientRateLimits = AppSettings['clientRateLimits'];

export const defaultAppSettings: AppSettings = Value.Create(appSettingsSchema);
