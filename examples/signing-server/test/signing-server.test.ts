import { type BasicConversation, createClient, type Operation, type Signature } from '@parley/client';
import type { HistoryQuery } from '@parley/client/server';
import { type Parley, startParley } from '@parley/testkit';
import { Realtime, TextMessage } from 'leancloud-realtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from '../src/accounts.ts';
import { signingServer } from '../src/signing-server.ts';

const accounts = new Accounts();
let parley: Parley;
let http: ReturnType<typeof signingServer>;
let signingUrl: string;
/** The SDK has one for each app. */
let realtime: Realtime;

beforeAll(async () => {
  parley = await startParley({
    settings: {
      signLogin: true,
      signConversation: true,
      signHistory: true,
      signBlacklist: true,
      strictQuitSignature: true,
      removalTakesInviteSignature: false,
    },
  });
  await Promise.all(['Tom', 'Jerry', 'Spike', 'Nibbles'].map((name) => accounts.add(name, `${name}!`)));
  http = signingServer({ ...parley, accounts });
  signingUrl = await http.listen({ host: '127.0.0.1', port: 0 });
  const { appId, appKey, url: server } = parley;
  realtime = new Realtime({ appId, appKey, server });
});
afterAll(async () => {
  await http.close();
  await parley.close();
});

interface Answer extends Signature {
  readonly token: string;
  readonly error: string;
}

async function post(path: string, body: object, token?: string) {
  const response = await fetch(`${signingUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}

const logIn = async (name: string): Promise<string> =>
  (await post('/login', { name, password: `${name}!` })).body.token;

/** What an app does on a device: asks its own server, and goes on with what it says. */
function signerOf(token: string) {
  return async (operation: Operation | HistoryQuery): Promise<Signature> => {
    const { status, body } = await post('/sign', operation, token);
    if (status !== 200) throw new Error(body.error);
    return body;
  };
}

/** Somebody with the published SDK of LeanCloud. */
async function withPublishedSdk(name: string) {
  const sign = signerOf(await logIn(name));
  const signOperation = (
    conversationId: string | null,
    clientId: string,
    members: string[],
    action: string,
  ) => sign({ action, clientId, members, ...(conversationId !== null && { conversationId }) } as Operation);
  return realtime.createIMClient(name, {
    signatureFactory: (clientId) => sign({ action: 'login', clientId }),
    conversationSignatureFactory: signOperation,
    blacklistSignatureFactory: signOperation,
  });
}

/** Somebody with the SDK of Parley. */
async function withParleySdk(name: string) {
  const authorize = signerOf(await logIn(name));
  const client = createClient({ ...parley, clientId: name, authorize });
  await client.whenOpen();
  return client;
}

describe('an app that signs everything', () => {
  it('[F-SEC-03][F-SEC-04] lets the users of both SDKs do what they may, together', async () => {
    const tom = await withPublishedSdk('Tom');
    const jerry = await withParleySdk('Jerry');
    const heard = new Promise<string | undefined>((resolve) => {
      jerry.on('message', ({ message }) => resolve(message.text));
    });
    const chat = await tom.createConversation({ members: ['Jerry'], unique: false });
    await chat.send(new TextMessage('hello'));
    expect(await heard).toBe('hello');

    const there = (await jerry.conversations.get(chat.id)) as BasicConversation;
    expect(await there.add(['Spike'])).toMatchObject({ succeeded: ['Spike'] });
    await expect(there.remove(['Spike'])).rejects.toMatchObject({ reason: 'AUTHORIZE_FAILED' });
    expect(await chat.remove(['Spike'])).toMatchObject({ successfulClientIds: ['Spike'] });
    expect(await chat.blockMembers(['Spike'])).toMatchObject({ successfulClientIds: ['Spike'] });
    expect(await chat.unblockMembers(['Spike'])).toMatchObject({ successfulClientIds: ['Spike'] });
    await there.quit();
    await expect(there.join()).rejects.toMatchObject({ reason: 'AUTHORIZE_FAILED' });

    const own = await jerry.conversations.create({ members: ['Tom'], unique: false });
    expect(await own.block(['Spike'])).toMatchObject({ succeeded: ['Spike'] });
    expect(await own.unblock(['Spike'])).toMatchObject({ succeeded: ['Spike'] });
    expect(await own.remove(['Tom'])).toMatchObject({ succeeded: ['Tom'] });
    await Promise.all([tom.close(), jerry.close()]);
  });

  it('[F-SEC-04][F-SEC-14] lets everybody into what is open and out again, and nobody elsewhere', async () => {
    const tom = await withPublishedSdk('Tom');
    const open = await tom.createConversation({ members: [], name: 'Park', open: true, unique: false });
    const closed = await tom.createConversation({ members: [], name: 'House', unique: false });
    const nibbles = await withPublishedSdk('Nibbles');
    const park = await nibbles.getConversation(open.id);
    await park.join();
    await park.quit();
    expect((await tom.getConversation(open.id, true)).members).toEqual(['Tom']);
    await expect((await nibbles.getConversation(closed.id)).join()).rejects.toThrow('You are no member.');
    await Promise.all([tom.close(), nibbles.close()]);
  });

  it('[F-SEC-10] has the history read over REST by members', async () => {
    const tom = await withPublishedSdk('Tom');
    const chat = await tom.createConversation({ members: ['Jerry'], unique: false });
    await chat.send(new TextMessage('for us'));
    const read = async (name: string, query: object = {}) => {
      const url = new URL(`${parley.url}/1.2/rtm/conversations/${chat.id}/messages`);
      for (const [key, value] of Object.entries({ client_id: name, ...query }))
        url.searchParams.set(key, String(value));
      // Only the app's server has this key, so it is the app's server that reads, for one of its users.
      const headers = { 'X-LC-Id': parley.appId, 'X-LC-Key': `${parley.masterKey},master` };
      return fetch(url, { headers });
    };
    const asked = { action: 'history', clientId: 'Jerry', conversationId: chat.id };
    const { body } = await post('/sign', asked, await logIn('Jerry'));
    const signed = { signature: body.signature, signature_ts: body.timestamp, nonce: body.nonce };
    const answer = await read('Jerry', signed);
    expect(await answer.json()).toMatchObject([{ from: 'Tom' }]);
    expect((await read('Jerry')).status).toBe(403);
    expect((await read('Spike', signed)).status).toBe(403);
    expect((await post('/sign', { ...asked, clientId: 'Spike' }, await logIn('Spike'))).status).toBe(403);
    await tom.close();
  });
});

describe('the signing server', () => {
  it('[F-SEC-06] logs in nobody whom the app does not know, and signs for nobody else', async () => {
    expect((await post('/login', { name: 'Tom', password: 'wrong' })).status).toBe(401);
    expect((await post('/login', { name: 'Nobody', password: 'Nobody!' })).status).toBe(401);
    expect((await post('/sign', { action: 'login', clientId: 'Tom' })).status).toBe(401);
    const token = await logIn('Jerry');
    expect(await post('/sign', { action: 'login', clientId: 'Tom' }, token)).toEqual({
      status: 403,
      body: { error: 'That is somebody else.' },
    });
    await expect(realtime.createIMClient('Tom')).rejects.toMatchObject({ code: 4102 });
  });

  it('[F-SEC-03] signs no text that could be that of something else', async () => {
    const token = await logIn('Tom');
    const conversation = '5789a33a1b8694ad267d8040';
    const create = (members: readonly string[]) =>
      post('/sign', { action: 'create', clientId: 'Tom', members }, token);
    // The text of a history query in the order of the demos, of a login, and of two members in one id.
    for (const members of [[conversation], [], ['Jerry:Spike', 'Tom']]) {
      expect([members, (await create(members)).status]).toEqual([members, 403]);
    }
    expect((await create([''])).status).toBe(400);
    expect((await create(['Tom', 'Jerry'])).status).toBe(200);
  });

  it('[F-SEC-06] signs nothing more for who was blocked', async () => {
    await accounts.add('Butch', 'Butch!');
    const token = await logIn('Butch');
    expect((await post('/sign', { action: 'login', clientId: 'Butch' }, token)).status).toBe(200);
    accounts.block('Butch');
    expect((await post('/sign', { action: 'login', clientId: 'Butch' }, token)).status).toBe(401);
  });
});
