import { createRequire } from 'node:module';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AudioMessage,
  FileMessage,
  ImageMessage,
  LocationMessage,
  type Message,
  TextMessage,
  VideoMessage,
} from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { until } from './support/until.ts';

const require = createRequire(import.meta.url);

/** What is used of the published SDK and its plug-in; they bring no types that fit. */
interface OtherMessage {
  readonly type: number;
  getText(): string;
  setText(text: string): OtherMessage;
  getFile?(): { url(): string; metaData(): object };
  getLocation?(): { latitude: number; longitude: number };
}
interface OtherConversation {
  send(message: OtherMessage): Promise<unknown>;
}
interface OtherClient {
  getConversation(id: string): Promise<OtherConversation>;
  on(name: 'message', listener: (message: OtherMessage) => void): void;
  close(): Promise<void>;
}
interface OtherSdk {
  readonly Realtime: new (options: object) => { createIMClient(id: string): Promise<OtherClient> };
}
interface OtherFile {
  metaData(name: string, value: number): void;
  save(): Promise<unknown>;
  url(): string;
}
interface OtherStorage {
  init(options: object): void;
  readonly File: new (name: string, bytes: Buffer) => OtherFile;
  readonly GeoPoint: new (place: object) => object;
}
type Media = Readonly<Record<string, new (content: object) => OtherMessage>> & {
  readonly TypedMessagesPlugin: object;
};

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

describe('with the published SDK and its typed messages', () => {
  it('[F-GEN-05][F-MSG-18] every type is understood both ways', async () => {
    const im: OtherSdk = require('leancloud-realtime');
    const storage: OtherStorage = require('leancloud-storage');
    const media: Media = require('leancloud-realtime-plugin-typed-messages')(storage, im);
    storage.init({ appId: parley.appId, appKey: parley.appKey, serverURL: parley.url });
    const { appId, appKey, url: server } = parley;
    const realtime = new im.Realtime({ appId, appKey, server, plugins: [media.TypedMessagesPlugin] });
    const other = await realtime.createIMClient('Jerry');
    const { client } = await person(parley, 'Tom');
    const chat = await client.conversations.create({ members: ['Jerry'] });

    const there = await other.getConversation(chat.id);
    const theirs: OtherMessage[] = [];
    other.on('message', (message) => theirs.push(message));
    // Of a file without a record of its own, this plug-in makes no message at all, whoever sent it.
    const file = {
      objectId: 'f1',
      url: 'https://x.example/y.bin',
      name: 'y.bin',
      size: 3,
      width: 4,
      height: 5,
      duration: 1.5,
    };
    const sent = [
      new TextMessage('text'),
      ...[ImageMessage, AudioMessage, VideoMessage, FileMessage].map(
        (Type) => new Type(file, { text: Type.name }),
      ),
      new LocationMessage({ latitude: 39.9, longitude: 116.4 }, { text: 'here' }),
    ];
    for (const message of sent) await chat.send(message);
    await until(() => theirs.length === sent.length);
    expect(theirs.map((message) => [message.type, message.getText()])).toEqual(
      sent.map((message) => [message.type, message.text]),
    );
    expect(theirs[1]?.getFile?.().url()).toBe(file.url);
    expect(theirs[1]?.getFile?.().metaData()).toMatchObject({ size: 3, width: 4, height: 5 });
    expect(theirs[5]?.getLocation?.()).toMatchObject({ latitude: 39.9, longitude: 116.4 });

    const ours: Message[] = [];
    client.on('message', ({ message }) => ours.push(message));
    const make = (name: string, content: object) => {
      const Type = media[name];
      if (Type === undefined) throw new Error(`There is no ${name}.`);
      return new Type(content).setText(name);
    };
    const picture = new storage.File('y.png', Buffer.from('a picture'));
    picture.metaData('width', 4);
    await picture.save();
    const files = ['ImageMessage', 'AudioMessage', 'VideoMessage', 'FileMessage'];
    for (const name of files) await there.send(make(name, picture));
    await there.send(make('LocationMessage', new storage.GeoPoint({ latitude: 1, longitude: 2 })));
    await until(() => ours.length === 5);
    expect(ours.map((message) => [message.constructor.name, message.text])).toEqual(
      [...files, 'LocationMessage'].map((name) => [name, name]),
    );
    expect(ours[0] instanceof ImageMessage && ours[0].file).toMatchObject({ url: picture.url(), width: 4 });
    expect(ours[4] instanceof LocationMessage && ours[4].place).toEqual({ latitude: 1, longitude: 2 });
    await other.close();
  });
});
