import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Realtime5 from 'leancloud-realtime';
import type * as Storage from 'leancloud-storage';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { once } from './src/events.ts';
import { openTarget, type Target } from './src/target.ts';

// The storage SDK knows one app per process, so this file loads it for itself instead of through `src/sdk.ts`.
const require = createRequire(import.meta.url);
const AV = require('leancloud-storage') as typeof Storage;
const im = require('leancloud-realtime') as typeof Realtime5;

/** What the plug-in adds, as far as these scenarios use it. */
interface Media {
  readonly TypedMessagesPlugin: Realtime5.Plugin;
  readonly ImageMessage: new (file: Storage.File) => Realtime5.TypedMessage & { getFile(): Storage.File };
}
const media = (
  require('leancloud-realtime-plugin-typed-messages') as (av: typeof Storage, im: typeof Realtime5) => Media
)(AV, im);

interface PasswordChange {
  updatePassword(before: string, after: string): Promise<unknown>;
}

/** One grey pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

const uniqueId = (prefix: string) => `${prefix}-${randomUUID().slice(0, 18)}`;

let target: Target;
beforeAll(async () => {
  target = await openTarget();
  const { url, appId, appKey, masterKey } = target;
  AV.init({ appId, appKey, masterKey, serverURL: url });
});
afterAll(() => target.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { readonly code: number }) => error.code,
  );

describe('users of the storage SDK', () => {
  afterEach(() => AV.User.logOut());

  test('sign up, log in, come back by their session, and change themselves', async () => {
    const username = uniqueId('user');
    const user = new AV.User();
    user.setUsername(username);
    user.setPassword('pa55');
    user.set('nick', 'N.');
    await user.signUp();
    const session = user.getSessionToken();
    expect(user.id).toMatch(/^[0-9a-f]{24}$/);
    await AV.User.logOut();

    const back = await AV.User.logIn(username, 'pa55');
    expect([back.id, back.getSessionToken(), back.get('nick')]).toEqual([user.id, session, 'N.']);
    back.increment('visits', 2);
    await back.save();
    expect(await codeOf(AV.User.logIn(username, 'wrong'))).toBe(210);
    expect(await codeOf(AV.User.logIn(uniqueId('nobody'), 'x'))).toBe(211);

    const become = await AV.User.become(session);
    expect([become.id, become.get('visits')]).toEqual([user.id, 2]);
    // The types of the package do not know it, its documentation does.
    await (become as unknown as PasswordChange).updatePassword('pa55', 'pa66');
    expect(become.getSessionToken()).not.toBe(session);
    expect(await codeOf(AV.User.become(session))).toBe(211);
    expect((await AV.User.logIn(username, 'pa66')).id).toBe(user.id);
    const again = new AV.User();
    again.setUsername(username);
    again.setPassword('x');
    expect(await codeOf(again.signUp())).toBe(202);
  });

  test('without a name come back as who they were', async () => {
    const authData = { id: uniqueId('device') };
    const first = await AV.User.loginWithAuthData(authData as never, 'anonymous');
    await AV.User.logOut();
    const second = await AV.User.loginWithAuthData(authData as never, 'anonymous');
    expect(second.id).toBe(first.id);
    const anonymous = await AV.User.loginAnonymously();
    expect(anonymous.id).not.toBe(first.id);
  });

  test('[F-SESS-39] chat under their id without a signing server', async () => {
    const user = new AV.User();
    user.setUsername(uniqueId('chatter'));
    user.setPassword('pa55');
    await user.signUp();
    const realtime = new im.Realtime({
      appId: target.appId,
      appKey: target.appKey,
      server: target.url,
      ssl: target.url.startsWith('https:'),
      plugins: [media.TypedMessagesPlugin],
    } as never);
    const tom = await realtime.createIMClient(user as never);
    expect(tom.id).toBe(user.id);
    const jerry = await realtime.createIMClient(uniqueId('Jerry'));

    const file = new AV.File('pixel.png', { base64: PNG }, 'image/png');
    await file.save();
    const conversation = await tom.createConversation({ members: [jerry.id] });
    const received = once<InstanceType<Media['ImageMessage']>>(jerry, 'message');
    await conversation.send(new media.ImageMessage(file));
    const arrived = await received;
    expect(arrived).toBeInstanceOf(media.ImageMessage);
    expect(arrived.getFile().url()).toBe(file.url());
    expect(arrived.getFile().id).toBe(file.id);
    const picture = await fetch(arrived.getFile().url());
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).toString('base64')).toBe(PNG);
    await Promise.all([tom.close(), jerry.close()]);
  });
});

describe('files of the storage SDK', () => {
  test('[F-MSG-66] are uploaded from bytes, and fetched, found and deleted', async () => {
    for (const size of [0, 1, 5 * 1024 * 1024]) {
      const bytes = Buffer.alloc(size, 'x');
      const file = new AV.File('data.bin', bytes, 'application/x-test');
      file.metaData('owner', 'me');
      const progress: number[] = [];
      await file.save({ onprogress: ({ loaded }: { loaded: number }) => progress.push(loaded) } as never);
      const fetched = await fetch(file.url());
      expect(Buffer.from(await fetched.arrayBuffer())).toEqual(bytes);
      const found = await new AV.Query<Storage.File>('_File').get(file.id ?? '');
      expect(found.get('name')).toBe('data.bin');
      expect(found.get('metaData')).toMatchObject({ owner: 'me' });
      await file.destroy();
      expect((await fetch(file.url())).status).toBe(404);
    }
  });

  test('[F-MSG-66] that lie elsewhere are kept by their address', async () => {
    const file = AV.File.withURL('logo.png', 'https://cdn.example.org/logo.png');
    await file.save();
    expect(file.id).toMatch(/^[0-9a-f]{24}$/);
    expect(file.url()).toBe('https://cdn.example.org/logo.png');
  });
});

/** Only with the master key, which a target elsewhere may not have given. */
const withoutMasterKey =
  process.env.PARLEY_TARGET_URL !== undefined && process.env.PARLEY_TARGET_MASTER_KEY === undefined;

describe.skipIf(withoutMasterKey)('objects of the storage SDK', () => {
  const master = { useMasterKey: true };

  test('[F-SEC-13] are conversations for who has the master key', async () => {
    const name = uniqueId('lobby');
    const conversation = new AV.Object('_Conversation');
    conversation.set('name', name);
    conversation.set('m', ['Tom']);
    await conversation.save(null, master);
    conversation.addUnique('m', 'Jerry');
    await conversation.save(null, master);
    const query = new AV.Query('_Conversation');
    query.startsWith('name', name);
    query.containsAll('m', ['Jerry']);
    const [found] = await query.find(master);
    expect(found?.id).toBe(conversation.id);
    expect(found?.get('m')).toEqual(['Tom', 'Jerry']);
    expect(await query.count(master)).toBe(1);
    expect(await codeOf(query.find())).toBe(403);
    await conversation.destroy(master);
    expect(await query.count(master)).toBe(0);
  });

  test('are installations, one per device', async () => {
    const installationId = uniqueId('device');
    const make = () => {
      const installation = new AV.Object('_Installation');
      installation.set('deviceType', 'android');
      installation.set('installationId', installationId);
      installation.set('channels', ['alice']);
      return installation.save();
    };
    const [first, second] = [await make(), await make()];
    expect(second.id).toBe(first.id);
    first.add('channels', 'bob');
    await first.save();
    const query = new AV.Query('_Installation');
    query.equalTo('channels', 'bob').equalTo('installationId', installationId);
    expect((await query.find(master)).map(({ id }) => id)).toEqual([first.id]);
    await first.destroy(master);
  });

  test('are saved together, refer to each other, and are queried by every helper', async () => {
    const className = `Note${Date.now()}${Math.trunc(Math.random() * 1e6)}`;
    const notes = [1, 2, 3].map((rank) => {
      const note = new AV.Object(className);
      note.set({ rank, name: `note ${rank}`, when: new Date(rank * 1000), tags: ['all', `t${rank}`] });
      return note;
    });
    await AV.Object.saveAll(notes, master);
    const [first, second] = notes;
    if (first === undefined || second === undefined) throw new Error('Nothing was saved.');
    second.set('before', first);
    await second.save(null, master);
    const ranks = async (build: (query: Storage.Query<Storage.Object>) => unknown) => {
      const query = new AV.Query<Storage.Object>(className);
      build(query);
      return (await query.find(master)).map((note) => note.get('rank') as number);
    };
    expect(await ranks((query) => query.descending('rank').limit(2))).toEqual([3, 2]);
    expect(await ranks((query) => query.contains('name', 'e 2'))).toEqual([2]);
    expect(await ranks((query) => query.endsWith('name', '3'))).toEqual([3]);
    expect(await ranks((query) => query.matches('name', /^NOTE [12]$/i))).toEqual([1, 2]);
    expect(await ranks((query) => query.greaterThan('when', new Date(1500)))).toEqual([2, 3]);
    expect(await ranks((query) => query.containedIn('rank', [1, 3]))).toEqual([1, 3]);
    expect(await ranks((query) => query.sizeEqualTo('tags', 2).exists('before'))).toEqual([2]);
    expect(await ranks((query) => query.containedIn('name', Array(400).fill('note 1')))).toEqual([1]);
    const query = new AV.Query(className).include('before').exists('before');
    expect(((await query.first(master)) as Storage.Object).get('before').get('name')).toBe('note 1');
    expect(
      await codeOf(
        second.save(null as never, { ...master, query: new AV.Query(className).equalTo('rank', 7) } as never),
      ),
    ).toBe(305);
    await AV.Object.destroyAll(notes, master);
    expect(await ranks(() => {})).toEqual([]);
  });

  test('are deleted a hundred at once', async () => {
    const className = `Leaf${Date.now()}${Math.trunc(Math.random() * 1e6)}`;
    const leaves = Array.from({ length: 100 }, (_, rank) => new AV.Object(className, { rank }));
    await AV.Object.saveAll(leaves, master);
    const query = new AV.Query(className);
    expect(await query.count(master)).toBe(100);
    await AV.Object.destroyAll(leaves, master);
    expect(await query.count(master)).toBe(0);
  });

  test('tell the time of the server', async () => {
    const cloud = AV.Cloud as unknown as { getServerDate(): Promise<Date> };
    const now = (await cloud.getServerDate()).getTime();
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
  });
});
