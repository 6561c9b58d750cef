import { createRequire } from 'node:module';
import { CommandType } from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asMaster } from './src/master.ts';
import { openTarget, type Target } from './src/target.ts';

/** What an app's server uses of the published storage SDK. */
interface Conversation {
  readonly id: string;
  addMember(client: string): Conversation;
  getMembers(): readonly string[];
  save(attributes: null, options: AuthOptions): Promise<Conversation>;
  fetch(fetchOptions: object, options: AuthOptions): Promise<Conversation>;
  send(from: string, message: unknown, options: object, auth: AuthOptions): Promise<Answer>;
  broadcast(from: string, message: unknown, options: object, auth: AuthOptions): Promise<Answer>;
}
interface AuthOptions {
  readonly useMasterKey: boolean;
}
interface Answer {
  readonly result: { readonly 'msg-id': string; readonly timestamp: number };
}
interface StorageModule {
  init(options: { appId: string; appKey: string; masterKey: string; serverURL: string }): void;
  readonly Conversation: new (name: string, options: object) => Conversation;
}

const AV = createRequire(import.meta.url)('leancloud-storage') as StorageModule;
const auth = { useMasterKey: true };
/** Only with the master key, which a target elsewhere may not have given. */
const asServer = test.skipIf(
  process.env.PARLEY_TARGET_URL !== undefined && process.env.PARLEY_TARGET_MASTER_KEY === undefined,
);

let target: Target;
beforeAll(async () => {
  target = await openTarget();
  const { appId, appKey, masterKey, url } = target;
  AV.init({ appId, appKey, masterKey, serverURL: url });
});
afterAll(() => target.close());

let made = 0;
const uniqueId = (name: string) => `${name}-${Date.now()}-${++made}`;
const hears = async (client: TestClient) => (await client.push(CommandType.direct)).directMessage;

asServer('[F-GEN-11][F-MSG-10][F-MSG-63] the storage SDK makes a conversation and speaks in it', async () => {
  const [alice, bob] = [uniqueId('alice'), uniqueId('bob')];
  const conversation = new AV.Conversation('Book club', {});
  await conversation.addMember(alice).addMember(bob).save(null, auth);
  expect((await conversation.fetch({}, auth)).getMembers()).toEqual([alice, bob]);
  const device = await TestClient.open(target, bob);
  const { result } = await conversation.send(alice, { _lctype: -1, _lctext: 'On my way' }, {}, auth);
  expect(await hears(device)).toMatchObject({
    cid: conversation.id,
    id: result['msg-id'],
    timestamp: result.timestamp,
    fromPeerId: alice,
    msg: '{"_lctype":-1,"_lctext":"On my way"}',
  });
  await device.close();
});

asServer('[F-SYS-01][F-SYS-10] the storage SDK lets a service speak to some, and to everybody', async () => {
  const alice = uniqueId('alice');
  const service = new AV.Conversation('Weather desk', { isSystem: true });
  await service.save(null, auth);
  const device = await TestClient.open(target, alice);
  await service.send('weather-bot', 'Rain in 10 min', { toClients: [alice] }, auth);
  expect(await hears(device)).toMatchObject({
    cid: service.id,
    fromPeerId: 'weather-bot',
    msg: 'Rain in 10 min',
  });
  const { result } = await service.broadcast('ops', 'Maintenance tonight', {}, auth);
  expect(await hears(device)).toMatchObject({ id: result['msg-id'], msg: 'Maintenance tonight' });
  // Whoever logs in would be told for a month, the clients of other scenarios too.
  await asMaster(target, 'DELETE', `/1.2/rtm/broadcasts/${result['msg-id']}`);
  await device.close();
});
