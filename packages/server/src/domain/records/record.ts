import type { AppKey, Milliseconds } from '../identifiers.ts';
import type { JsonObject } from '../json.ts';

/** 24 hex digits. */
export type ObjectId = string;

/** `_User`, `_Installation`, `_File`, or a class the app made up. */
export type ClassName = string;

export interface RecordRef {
  readonly app: AppKey;
  readonly className: ClassName;
  readonly id: ObjectId;
}

/** One object of the data API as the store keeps it. Immutable: a change yields a new record with a higher `version`. */
export interface DataRecord extends RecordRef {
  /** What the app sees and queries, `ACL` included. Never `objectId`, `createdAt` or `updatedAt`. */
  readonly columns: JsonObject;
  /** What the server keeps beside it, such as a password hash. Never queried and never handed out as it is. */
  readonly secrets: JsonObject;
  readonly createdAt: Milliseconds;
  /** Grows by at least 1 ms with every change. */
  readonly updatedAt: Milliseconds;
  readonly version: number;
}

/** A name that belongs to one record of its class at most, such as a user name or the id of a device. */
export interface RecordKey {
  readonly name: string;
  readonly value: string;
}
