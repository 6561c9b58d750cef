/** A chat identity chosen by the app: 1–64 UTF-16 units without control characters (`wire-protocol §0.2`). */
export type ClientId = string;

/** 24 hex digits; temporary conversations carry {@link TEMPORARY_PREFIX} in front. */
export type ConversationId = string;

/** 22 URL-safe characters that sort by time of commit. */
export type MessageId = string;

/** One live registration of a client on a connection. Unique within the cluster, never reused. */
export type SessionId = string;

/** Milliseconds since the Unix epoch, server clock. */
export type Milliseconds = number;

/** The store's small integer for an app. Leads every key, so that data can be sharded by it. */
export type AppKey = number;

/** The store's integer for a conversation: what messages and members refer to. */
export type ConversationKey = number;

/** SDKs decide by this prefix how to query a conversation (`wire-protocol §8` item 31). */
export const TEMPORARY_PREFIX = '_tmp:';
