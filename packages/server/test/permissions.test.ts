import {
  type BlacklistCommand,
  CommandType,
  type ConvCommand,
  type GenericCommand,
  OpType,
} from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createService } from '../src/domain/service-conversation/create-service.ts';
import { conv, say, startConversation } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley.close());

type Named = TestClient & { readonly id: string };

/** The same people play all scenes; what differs is what they are in the conversation of the scene. */
let cast: Readonly<Record<'owner' | 'manager' | 'member' | 'other' | 'stranger', Named>>;
beforeAll(async () => {
  const [owner, manager, member, other, stranger] = await Promise.all(
    ['owner', 'manager', 'member', 'other', 'stranger'].map(async (id) =>
      Object.assign(await TestClient.open(parley, id), { id }),
    ),
  );
  cast = { owner, manager, member, other, stranger } as typeof cast;
});

/** Somebody in a conversation of some kind. */
interface Scene {
  readonly actor: Named;
  readonly cid: string;
}

const everybody = () => Object.values(cast).flatMap(({ id }) => (id === 'stranger' ? [] : id));

async function group(actor: Named): Promise<Scene> {
  const cid = await startConversation(cast.owner, { m: everybody() });
  const info = { pid: 'manager', role: 'Manager' };
  await conv(cast.owner, OpType.member_info_update, { cid, targetClientId: 'manager', info });
  return { actor, cid };
}

async function room(actor: Named, isInside: boolean): Promise<Scene> {
  const cid = await startConversation(cast.owner, { transient: true });
  if (isInside) await conv(actor, OpType.add, { cid, m: [actor.id] });
  return { actor, cid };
}

async function service(actor: Named, isSubscriber: boolean): Promise<Scene> {
  const app = parley.apps.find(parley.appId);
  if (app === undefined) throw new Error('There is no app.');
  const { id: cid } = await createService(parley.app.core.world, { app }, {});
  if (isSubscriber) await conv(actor, OpType.add, { cid, m: [actor.id] });
  return { actor, cid };
}

async function temporary(actor: Named): Promise<Scene> {
  const cid = await startConversation(cast.owner, { m: everybody(), tempConv: true });
  return { actor, cid };
}

const scenes = {
  'group owner': () => group(cast.owner),
  'group manager': () => group(cast.manager),
  'group member': () => group(cast.member),
  'group stranger': () => group(cast.stranger),
  'room creator': () => room(cast.owner, true),
  'room guest': () => room(cast.member, true),
  'room outsider': () => room(cast.stranger, false),
  'service subscriber': () => service(cast.member, true),
  'service stranger': () => service(cast.stranger, false),
  'temporary member': () => temporary(cast.member),
  'temporary stranger': () => temporary(cast.stranger),
  'no conversation': async () => ({ actor: cast.member, cid: '0123456789abcdef01234567' }),
} satisfies Record<string, () => Promise<Scene>>;

type SceneName = keyof typeof scenes;
/** In the order of the scenes: `0` for done, else the code of the refusal. */
type Row = readonly [ask: (scene: Scene) => Promise<GenericCommand>, codes: string];

const about =
  (op: OpType, fields: (scene: Scene) => ConvCommand = () => ({})) =>
  (scene: Scene) =>
    conv(scene.actor, op, { cid: scene.cid, ...fields(scene) });
const self = ({ actor }: Scene) => ({ m: [actor.id] });
const other = () => ({ m: ['other'] });
const blacklist = (op: OpType, fields: BlacklistCommand) => (scene: Scene) =>
  scene.actor.request({
    cmd: CommandType.blacklist,
    op,
    blacklistMessage: { srcCid: scene.cid, ...fields },
  });
const role = (pid: string, name: string) => () => ({
  targetClientId: pid,
  info: { pid, role: name },
});

/*                                                     group              │ room       │ service │ temp.   │ none
                                                       own  man  mem  str │ cre gue out │ sub str │ mem str │      */
// biome-ignore format: a table is read in columns
const table: Readonly<Record<string, Row>> = {
  'send a message':            [({ actor, cid }) => say(actor, cid, 'hello'),
                                                      '0    0    0    4401  0    0    0    0    0    0    4401 4401'],
  'send a transient message':  [({ actor, cid }) => say(actor, cid, 'hello', { transient: true }),
                                                      '0    0    0    4401  0    0    0    0    0    0    4401 4401'],
  'leave a will':              [({ actor, cid }) => say(actor, cid, 'bye', { will: true }),
                                                      '0    0    0    4401  0    0    0    4314 4314 0    4401 4401'],
  'read history':              [({ actor, cid }) => actor.request({ cmd: CommandType.logs, logsMessage: { cid } }),
                                                      '0    0    0    4312  0    0    0    0    0    0    4312 4303'],
  'edit a message that is not there': [({ actor, cid }) => actor.request({
    cmd: CommandType.patch, op: OpType.modify,
    patchMessage: { patches: [{ cid, mid: 'x', timestamp: 1, data: 'y' }] } }),
                                                      '4404 4404 4404 4404  4404 4404 4404 4404 4404 4404 4404 4303'],
  'join':                      [about(OpType.add, self),
                                                      '0    0    0    0     0    0    0    0    0    4307 4307 4303'],
  'add somebody':              [about(OpType.add, () => ({ m: ['somebody'] })),
                                                      '0    0    0    4317  4314 4314 4314 4314 4314 4307 4307 4303'],
  'quit':                      [about(OpType.remove, self),
                                                      '4324 0    0    0     0    0    0    0    0    4307 4307 4303'],
  'remove a member':           [about(OpType.remove, other),
                                                      '0    0    4320 4317  4314 4314 4314 4314 4314 4307 4307 4303'],
  'remove a manager':          [about(OpType.remove, () => ({ m: ['manager'] })),
                                                      '0    0    4320 4317  4314 4314 4314 4314 4314 4307 4307 4303'],
  'remove the owner':          [about(OpType.remove, () => ({ m: ['owner'] })),
                                                      '4324 4324 4320 4317  0    4314 4314 4314 4314 4307 4307 4303'],
  'change attributes':         [about(OpType.update, () => ({ attr: { data: '{"name":"new"}' } })),
                                                      '0    0    0    4309  0    0    4309 4314 4314 4307 4307 4303'],
  'mute':                      [about(OpType.mute),
                                                      '0    0    0    4309  0    0    0    0    4309 4307 4307 4303'],
  'unmute':                    [about(OpType.unmute),
                                                      '0    0    0    4309  0    0    0    0    4309 4307 4307 4303'],
  'count members':             [about(OpType.count),
                                                      '0    0    0    0     0    0    0    4314 4314 0    0    4303'],
  'sample who is in a room':   [about(OpType.members),
                                                      '4316 4316 4316 4316  0    0    0    4316 4316 4316 4316 4303'],
  'ask for read positions':    [about(OpType.max_read),
                                                      '0    0    0    4317  4317 4317 4317 4317 4317 0    4317 4303'],
  'ask whether it is in':      [({ actor, cid }) => conv(actor, OpType.is_member, { cids: [cid] }),
                                                      '0    0    0    0     0    0    0    0    0    0    0    0'],
  'promote a member':          [about(OpType.member_info_update, role('other', 'Manager')),
                                                      '0    4320 4320 4317  0    4320 4320 4314 4314 4307 4307 4303'],
  'demote a manager':          [about(OpType.member_info_update, role('manager', 'Member')),
                                                      '0    4320 4320 4317  0    4320 4320 4314 4314 4307 4307 4303'],
  'demote the owner':          [about(OpType.member_info_update, role('owner', 'Member')),
                                                      '4324 4324 4324 4317  4324 4324 4324 4314 4314 4307 4307 4303'],
  'name another owner':        [about(OpType.member_info_update, role('other', 'Owner')),
                                                      '5130 5130 5130 5130  5130 5130 5130 5130 5130 5130 5130 5130'],
  'silence a member':          [about(OpType.add_shutup, other),
                                                      '0    0    4320 4317  0    4320 4320 4314 4314 4307 4307 4303'],
  'silence a manager':         [about(OpType.add_shutup, () => ({ m: ['manager'] })),
                                                      '0    4320 4320 4317  0    4320 4320 4314 4314 4307 4307 4303'],
  'give the word back':        [about(OpType.remove_shutup, other),
                                                      '0    0    4320 4317  0    4320 4320 4314 4314 4307 4307 4303'],
  'list who is silenced':      [about(OpType.query_shutup),
                                                      '0    0    0    4317  0    0    4317 4314 4314 4307 4307 4303'],
  'ask who of some is silenced': [about(OpType.check_shutup, other),
                                                      '0    0    0    4317  0    0    4317 4314 4314 4307 4307 4303'],
  'block a member':            [blacklist(OpType.block, { toPids: ['other'] }),
                                                      '0    0    4320 4317  0    4320 4320 4314 4314 4307 4307 4303'],
  'block the owner':           [blacklist(OpType.block, { toPids: ['owner'] }),
                                                      '4320 4320 4320 4317  4320 4320 4320 4314 4314 4307 4307 4303'],
  'unblock a client':          [blacklist(OpType.unblock, { toPids: ['other'] }),
                                                      '0    0    4320 4317  0    4320 4320 4314 4314 4307 4307 4303'],
  'list who is blocked':       [blacklist(OpType.query, {}),
                                                      '0    0    0    4317  0    0    4317 4314 4314 4307 4307 4303'],
  'ask who of some is blocked': [blacklist(OpType.check_block, { toPids: ['other'] }),
                                                      '0    0    0    4317  0    0    4317 4314 4314 4307 4307 4303'],
};

function codeOf({ errorMessage, ackMessage }: GenericCommand): number {
  return errorMessage?.code ?? ackMessage?.code ?? 0;
}

describe('what a client may do in a conversation', () => {
  for (const [what, [ask, codes]] of Object.entries(table)) {
    it(`[F-GRP-08][F-GRP-09][F-GRP-10] says the same to each role in each kind when asked to ${what}`, async () => {
      const found: Partial<Record<SceneName, number>> = {};
      for (const [name, set] of Object.entries(scenes)) {
        found[name as SceneName] = codeOf(await ask(await set()));
      }
      const expected = codes.split(/\s+/).map(Number);
      expect(found).toEqual(
        Object.fromEntries(Object.keys(scenes).map((name, index) => [name, expected[index]])),
      );
    });
  }
});
