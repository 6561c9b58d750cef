// Made by generate.mjs from src/messages.proto. Do not edit.

export const CommandType = {
  session: 0,
  conv: 1,
  direct: 2,
  ack: 3,
  rcp: 4,
  unread: 5,
  logs: 6,
  error: 7,
  login: 8,
  data: 9,
  room: 10,
  read: 11,
  presence: 12,
  report: 13,
  echo: 14,
  loggedin: 15,
  logout: 16,
  loggedout: 17,
  patch: 18,
  pubsub: 19,
  blacklist: 20,
  goaway: 21,
} as const;
export type CommandType = (typeof CommandType)[keyof typeof CommandType];

export const OpType = {
  open: 1,
  add: 2,
  remove: 3,
  close: 4,
  opened: 5,
  closed: 6,
  query: 7,
  query_result: 8,
  conflict: 9,
  added: 10,
  removed: 11,
  refresh: 12,
  refreshed: 13,
  start: 30,
  started: 31,
  joined: 32,
  members_joined: 33,
  left: 39,
  members_left: 40,
  results: 42,
  count: 43,
  result: 44,
  update: 45,
  updated: 46,
  mute: 47,
  unmute: 48,
  status: 49,
  members: 50,
  max_read: 51,
  is_member: 52,
  member_info_update: 53,
  member_info_updated: 54,
  member_info_changed: 55,
  expire: 56,
  join: 80,
  invite: 81,
  leave: 82,
  kick: 83,
  reject: 84,
  invited: 85,
  kicked: 86,
  upload: 100,
  uploaded: 101,
  subscribe: 120,
  subscribed: 121,
  unsubscribe: 122,
  unsubscribed: 123,
  is_subscribed: 124,
  modify: 150,
  modified: 151,
  block: 170,
  unblock: 171,
  blocked: 172,
  unblocked: 173,
  members_blocked: 174,
  members_unblocked: 175,
  check_block: 176,
  check_result: 177,
  add_shutup: 180,
  remove_shutup: 181,
  query_shutup: 182,
  shutup_added: 183,
  shutup_removed: 184,
  shutup_result: 185,
  shutuped: 186,
  unshutuped: 187,
  members_shutuped: 188,
  members_unshutuped: 189,
  check_shutup: 190,
} as const;
export type OpType = (typeof OpType)[keyof typeof OpType];

export const StatusType = {
  on: 1,
  off: 2,
} as const;
export type StatusType = (typeof StatusType)[keyof typeof StatusType];

export const DeviceType = {
  unknown: 0,
  android: 1,
  ios: 2,
} as const;
export type DeviceType = (typeof DeviceType)[keyof typeof DeviceType];

export interface SemanticVersion {
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
  readonly patch?: number | undefined;
  readonly preRelease?: string | undefined;
  readonly build?: string | undefined;
}

export interface AndroidVersion {
  readonly codename?: string | undefined;
  readonly apiLevel?: string | undefined;
}

export interface SystemInfo {
  readonly deviceType?: number | undefined;
  readonly osVersion?: SemanticVersion | undefined;
  readonly androidVersion?: AndroidVersion | undefined;
  readonly isEmulator?: boolean | undefined;
}

export interface JsonObjectMessage {
  readonly data?: string | undefined;
}

export interface LoginCommand {
  readonly systemInfo?: SystemInfo | undefined;
}

export interface LoggedinCommand {
  readonly pushDisabled?: boolean | undefined;
}

export interface DataCommand {
  readonly ids?: readonly string[] | undefined;
  readonly msg?: readonly JsonObjectMessage[] | undefined;
  readonly offline?: boolean | undefined;
}

export interface SessionCommand {
  readonly t?: number | undefined;
  readonly n?: string | undefined;
  readonly s?: string | undefined;
  readonly ua?: string | undefined;
  readonly r?: boolean | undefined;
  readonly tag?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly sessionPeerIds?: readonly string[] | undefined;
  readonly onlineSessionPeerIds?: readonly string[] | undefined;
  readonly st?: string | undefined;
  readonly stTtl?: number | undefined;
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  readonly deviceToken?: string | undefined;
  readonly sp?: boolean | undefined;
  readonly detail?: string | undefined;
  readonly lastUnreadNotifTime?: number | undefined;
  readonly lastPatchTime?: number | undefined;
  readonly configBitmap?: number | undefined;
  readonly systemInfo?: SystemInfo | undefined;
}

export interface ErrorCommand {
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  readonly appCode?: number | undefined;
  readonly detail?: string | undefined;
  readonly pids?: readonly string[] | undefined;
  readonly appMsg?: string | undefined;
}

export interface DirectCommand {
  readonly msg?: string | undefined;
  readonly uid?: string | undefined;
  readonly fromPeerId?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly offline?: boolean | undefined;
  readonly hasMore?: boolean | undefined;
  readonly toPeerIds?: readonly string[] | undefined;
  readonly r?: boolean | undefined;
  readonly cid?: string | undefined;
  readonly id?: string | undefined;
  readonly transient?: boolean | undefined;
  readonly dt?: string | undefined;
  readonly roomId?: string | undefined;
  readonly pushData?: string | undefined;
  readonly will?: boolean | undefined;
  readonly patchTimestamp?: number | undefined;
  readonly binaryMsg?: Uint8Array | undefined;
  readonly mentionPids?: readonly string[] | undefined;
  readonly mentionAll?: boolean | undefined;
  readonly convType?: number | undefined;
}

export interface AckCommand {
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  readonly mid?: string | undefined;
  readonly cid?: string | undefined;
  readonly t?: number | undefined;
  readonly uid?: string | undefined;
  readonly fromts?: number | undefined;
  readonly tots?: number | undefined;
  readonly type?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly appCode?: number | undefined;
  readonly appMsg?: string | undefined;
}

export interface UnreadTuple {
  readonly cid?: string | undefined;
  readonly unread?: number | undefined;
  readonly mid?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly from?: string | undefined;
  readonly data?: string | undefined;
  readonly patchTimestamp?: number | undefined;
  readonly mentioned?: boolean | undefined;
  readonly binaryMsg?: Uint8Array | undefined;
  readonly convType?: number | undefined;
}

export interface UnreadCommand {
  readonly convs?: readonly UnreadTuple[] | undefined;
  readonly notifTime?: number | undefined;
}

export interface ConvMemberInfo {
  readonly pid?: string | undefined;
  readonly role?: string | undefined;
  readonly infoId?: string | undefined;
}

export interface MaxReadTuple {
  readonly pid?: string | undefined;
  readonly maxAckTimestamp?: number | undefined;
  readonly maxReadTimestamp?: number | undefined;
}

export interface ConvCommand {
  readonly m?: readonly string[] | undefined;
  readonly transient?: boolean | undefined;
  readonly unique?: boolean | undefined;
  readonly cid?: string | undefined;
  readonly cdate?: string | undefined;
  readonly initBy?: string | undefined;
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
  readonly skip?: number | undefined;
  readonly flag?: number | undefined;
  readonly count?: number | undefined;
  readonly udate?: string | undefined;
  readonly t?: number | undefined;
  readonly n?: string | undefined;
  readonly s?: string | undefined;
  readonly statusSub?: boolean | undefined;
  readonly statusPub?: boolean | undefined;
  readonly statusTTL?: number | undefined;
  readonly uniqueId?: string | undefined;
  readonly targetClientId?: string | undefined;
  readonly maxReadTimestamp?: number | undefined;
  readonly maxAckTimestamp?: number | undefined;
  readonly queryAllMembers?: boolean | undefined;
  readonly maxReadTuples?: readonly MaxReadTuple[] | undefined;
  readonly cids?: readonly string[] | undefined;
  readonly info?: ConvMemberInfo | undefined;
  readonly tempConv?: boolean | undefined;
  readonly tempConvTTL?: number | undefined;
  readonly tempConvIds?: readonly string[] | undefined;
  readonly allowedPids?: readonly string[] | undefined;
  readonly failedPids?: readonly ErrorCommand[] | undefined;
  readonly existing?: boolean | undefined;
  readonly next?: string | undefined;
  readonly results?: JsonObjectMessage | undefined;
  readonly where?: JsonObjectMessage | undefined;
  readonly attr?: JsonObjectMessage | undefined;
  readonly attrModified?: JsonObjectMessage | undefined;
}

export interface RoomCommand {
  readonly roomId?: string | undefined;
  readonly s?: string | undefined;
  readonly t?: number | undefined;
  readonly n?: string | undefined;
  readonly transient?: boolean | undefined;
  readonly roomPeerIds?: readonly string[] | undefined;
  readonly byPeerId?: string | undefined;
}

export interface LogItem {
  readonly from?: string | undefined;
  readonly data?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly msgId?: string | undefined;
  readonly ackAt?: number | undefined;
  readonly readAt?: number | undefined;
  readonly patchTimestamp?: number | undefined;
  readonly mentionAll?: boolean | undefined;
  readonly mentionPids?: readonly string[] | undefined;
  readonly bin?: boolean | undefined;
  readonly convType?: number | undefined;
}

export interface LogsCommand {
  readonly cid?: string | undefined;
  readonly l?: number | undefined;
  readonly limit?: number | undefined;
  readonly t?: number | undefined;
  readonly tt?: number | undefined;
  readonly tmid?: string | undefined;
  readonly mid?: string | undefined;
  readonly checksum?: string | undefined;
  readonly stored?: boolean | undefined;
  readonly direction?: number | undefined;
  readonly tIncluded?: boolean | undefined;
  readonly ttIncluded?: boolean | undefined;
  readonly lctype?: number | undefined;
  readonly logs?: readonly LogItem[] | undefined;
}

export const QueryDirection = {
  OLD: 1,
  NEW: 2,
} as const;
export type QueryDirection = (typeof QueryDirection)[keyof typeof QueryDirection];

export interface RcpCommand {
  readonly id?: string | undefined;
  readonly cid?: string | undefined;
  readonly t?: number | undefined;
  readonly read?: boolean | undefined;
  readonly from?: string | undefined;
}

export interface ReadTuple {
  readonly cid?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly mid?: string | undefined;
}

export interface ReadCommand {
  readonly cid?: string | undefined;
  readonly cids?: readonly string[] | undefined;
  readonly convs?: readonly ReadTuple[] | undefined;
}

export interface PresenceCommand {
  readonly status?: number | undefined;
  readonly sessionPeerIds?: readonly string[] | undefined;
  readonly cid?: string | undefined;
}

export interface ReportCommand {
  readonly initiative?: boolean | undefined;
  readonly type?: string | undefined;
  readonly data?: string | undefined;
}

export interface PatchItem {
  readonly cid?: string | undefined;
  readonly mid?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly recall?: boolean | undefined;
  readonly data?: string | undefined;
  readonly patchTimestamp?: number | undefined;
  readonly from?: string | undefined;
  readonly binaryMsg?: Uint8Array | undefined;
  readonly mentionAll?: boolean | undefined;
  readonly mentionPids?: readonly string[] | undefined;
  readonly patchCode?: number | undefined;
  readonly patchReason?: string | undefined;
}

export interface PatchCommand {
  readonly patches?: readonly PatchItem[] | undefined;
  readonly lastPatchTime?: number | undefined;
}

export interface PubsubCommand {
  readonly cid?: string | undefined;
  readonly cids?: readonly string[] | undefined;
  readonly topic?: string | undefined;
  readonly subtopic?: string | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly subtopics?: readonly string[] | undefined;
  readonly results?: JsonObjectMessage | undefined;
}

export interface BlacklistCommand {
  readonly srcCid?: string | undefined;
  readonly toPids?: readonly string[] | undefined;
  readonly srcPid?: string | undefined;
  readonly toCids?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  readonly next?: string | undefined;
  readonly blockedPids?: readonly string[] | undefined;
  readonly blockedCids?: readonly string[] | undefined;
  readonly allowedPids?: readonly string[] | undefined;
  readonly failedPids?: readonly ErrorCommand[] | undefined;
  readonly t?: number | undefined;
  readonly n?: string | undefined;
  readonly s?: string | undefined;
}

export interface GenericCommand {
  readonly cmd?: number | undefined;
  readonly op?: number | undefined;
  readonly appId?: string | undefined;
  readonly peerId?: string | undefined;
  readonly i?: number | undefined;
  readonly installationId?: string | undefined;
  readonly priority?: number | undefined;
  readonly service?: number | undefined;
  readonly serverTs?: number | undefined;
  readonly clientTs?: number | undefined;
  readonly notificationType?: number | undefined;
  readonly loginMessage?: LoginCommand | undefined;
  readonly dataMessage?: DataCommand | undefined;
  readonly sessionMessage?: SessionCommand | undefined;
  readonly errorMessage?: ErrorCommand | undefined;
  readonly directMessage?: DirectCommand | undefined;
  readonly ackMessage?: AckCommand | undefined;
  readonly unreadMessage?: UnreadCommand | undefined;
  readonly readMessage?: ReadCommand | undefined;
  readonly rcpMessage?: RcpCommand | undefined;
  readonly logsMessage?: LogsCommand | undefined;
  readonly convMessage?: ConvCommand | undefined;
  readonly roomMessage?: RoomCommand | undefined;
  readonly presenceMessage?: PresenceCommand | undefined;
  readonly reportMessage?: ReportCommand | undefined;
  readonly patchMessage?: PatchCommand | undefined;
  readonly pubsubMessage?: PubsubCommand | undefined;
  readonly blacklistMessage?: BlacklistCommand | undefined;
  readonly loggedinMessage?: LoggedinCommand | undefined;
}
