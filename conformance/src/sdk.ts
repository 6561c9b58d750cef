import { createRequire } from 'node:module';
import type * as Realtime5 from 'leancloud-realtime';

const require = createRequire(import.meta.url);

/** The published SDK as a module; 4.3.1 is used through the types of 5, which describe the same calls. */
export type RealtimeModule = typeof Realtime5;

/** A file as the storage SDK hands it to the media messages. Nothing is uploaded: it only points at an address. */
export interface MediaFile {
  id: string;
  url(): string;
  name(): string;
  metaData(): Record<string, unknown>;
}

export interface FileMessage extends Realtime5.TypedMessage {
  getFile(): MediaFile;
}

export interface LocationMessage extends Realtime5.TypedMessage {
  getLocation(): { readonly latitude: number; readonly longitude: number };
}

/** What the typed-messages plug-in adds to an SDK. */
export interface MediaMessages {
  readonly TypedMessagesPlugin: Realtime5.Plugin;
  readonly FileMessage: new (file: MediaFile) => FileMessage;
  readonly ImageMessage: new (file: MediaFile) => FileMessage;
  readonly AudioMessage: new (file: MediaFile) => FileMessage;
  readonly VideoMessage: new (file: MediaFile) => FileMessage;
  readonly LocationMessage: new (point: unknown) => LocationMessage;
}

export interface Sdk {
  readonly name: string;
  readonly major: 4 | 5;
  readonly im: RealtimeModule;
  readonly media: MediaMessages;
}

interface StorageModule {
  init(options: { appId: string; appKey: string; serverURL: string }): void;
  readonly File: {
    withURL(name: string, url: string, metaData?: Record<string, unknown>): MediaFile;
  };
  readonly GeoPoint: new (at: { latitude: number; longitude: number }) => unknown;
}

const storage = require('leancloud-storage') as StorageModule;
// The storage SDK wants to know an app before it makes a file. It is never asked to send anything there.
storage.init({ appId: 'conformance', appKey: 'conformance', serverURL: 'http://127.0.0.1:9' });

// The plug-in is a factory over the SDK it extends, so each SDK gets classes derived from its own TypedMessage.
const initTypedMessages = require('leancloud-realtime-plugin-typed-messages') as (
  av: StorageModule,
  im: RealtimeModule,
) => MediaMessages;

/** 5 reports on the console that it joins identical questions. The suites do that on purpose, hundreds of times. */
const warn = console.warn;
console.warn = (...details: unknown[]): void => {
  if (!String(details[0]).startsWith('Duplicated command')) warn(...details);
};

function load(name: string, major: 4 | 5): Sdk {
  const im = require(name) as RealtimeModule;
  const { version } = require(`${name}/package.json`) as { version: string };
  return { name: `leancloud-realtime ${version}`, major, im, media: initTypedMessages(storage, im) };
}

export const sdks: readonly Sdk[] = [load('leancloud-realtime', 5), load('leancloud-realtime-4', 4)];

/** A file message needs a file with an id, as one that was saved before would have. */
export function mediaFile(name: string, metaData: Record<string, unknown>): MediaFile {
  const file = storage.File.withURL(name, `https://files.example.com/${name}`, metaData);
  file.id = `id-of-${name}`;
  return file;
}

export function geoPoint(latitude: number, longitude: number): unknown {
  return new storage.GeoPoint({ latitude, longitude });
}

/** Events under the names both SDKs give them. */
export const Event = {
  DISCONNECT: 'disconnect',
  RECONNECT: 'reconnect',
  RECONNECT_ERROR: 'reconnecterror',
  CONFLICT: 'conflict',
  CLOSE: 'close',
  MESSAGE: 'message',
  MESSAGE_UPDATE: 'messageupdate',
  MESSAGE_RECALL: 'messagerecall',
  INVITED: 'invited',
  KICKED: 'kicked',
  MEMBERS_JOINED: 'membersjoined',
  MEMBERS_LEFT: 'membersleft',
  INFO_UPDATED: 'infoupdated',
  UNREAD_MESSAGES_COUNT_UPDATE: 'unreadmessagescountupdate',
  LAST_DELIVERED_AT_UPDATE: 'lastdeliveredatupdate',
  LAST_READ_AT_UPDATE: 'lastreadatupdate',
} as const;
