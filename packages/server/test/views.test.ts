import { CommandType, decodeCommand, type GenericCommand, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, query, startConversation, where } from './flow.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ settings: { memberRoles: false } });
});
afterAll(() => parley.close());

interface ConversationState {
  readonly name: unknown;
  readonly attr: unknown;
  readonly m: readonly string[];
}

/** A conversation as an SDK keeps it: of everything that says something about it, the last to arrive counts. */
class View {
  readonly #self: string;
  readonly #cid: string;
  #columns: { name: unknown; attr: unknown } = { name: 'before', attr: { a: 0, b: 0 } };
  #members: Set<string>;
  /** Whoever was put out was not told of what happened then, until it asks. */
  #isComplete = true;

  constructor(self: string, cid: string, members: readonly string[]) {
    this.#self = self;
    this.#cid = cid;
    this.#members = new Set(members);
  }

  get state(): ConversationState | undefined {
    return this.#isComplete ? { ...this.#columns, m: [...this.#members].sort() } : undefined;
  }

  receive({ op, convMessage }: GenericCommand): void {
    const { cid, m = [], allowedPids = [], attrModified, results } = convMessage ?? {};
    if (op === OpType.results) this.#found(JSON.parse(results?.data ?? '[]'));
    if (cid !== this.#cid) return;
    switch (op) {
      case OpType.updated:
        Object.assign(this.#columns, JSON.parse(attrModified?.data ?? '{}'));
        break;
      case OpType.members_joined:
        for (const client of m) this.#members.add(client);
        break;
      case OpType.added:
        for (const client of allowedPids) this.#members.add(client);
        break;
      case OpType.members_left:
        for (const client of m) this.#members.delete(client);
        break;
      case OpType.removed:
        for (const client of allowedPids) this.#members.delete(client);
        if (allowedPids.includes(this.#self)) this.#isComplete = false;
        break;
      case OpType.left:
        this.#isComplete = false;
        break;
    }
  }

  #found([found]: readonly ConversationState[]): void {
    if (found === undefined) return;
    this.#columns = { name: found.name, attr: found.attr };
    this.#members = new Set(found.m);
    this.#isComplete = found.m.includes(this.#self);
  }
}

interface Step {
  readonly what: 'rename' | 'set' | 'remove' | 'add' | 'ask';
  readonly by: number;
  readonly whom: number;
  /** Milliseconds before the next one. */
  readonly pause: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('rename', 'set', 'remove', 'add', 'ask', 'ask'),
  by: fc.nat(3),
  // The first is the creator, who stays.
  whom: fc.integer({ min: 1, max: 3 }),
  pause: fc.constantFrom(0, 0, 0, 1, 2),
});

function take({ what, whom }: Step, n: number, client: TestClient, cid: string, ids: readonly string[]) {
  const m = [ids[whom] ?? ''];
  const update = (fields: object) =>
    conv(client, OpType.update, { cid, attr: { data: JSON.stringify(fields) } });
  switch (what) {
    case 'rename':
      return update({ name: `name ${n}` });
    case 'set':
      return update({ [`attr.${whom === 1 ? 'a' : 'b'}`]: n });
    case 'remove':
      return conv(client, OpType.remove, { cid, m });
    case 'add':
      return conv(client, OpType.add, { cid, m });
    case 'ask':
      return query(client, where({ objectId: cid }));
  }
}

describe('what members know of a conversation that all of them change and ask for at once', () => {
  it('[F-CONV-45][F-CONV-46][F-CONV-49] is in the end what it is, whichever answers and pushes came first', async () => {
    const asker = await TestClient.open(parley, 'asker');
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), async (steps) => {
        const run = ++runs;
        const ids = ['Tom', 'Jerry', 'Spike', 'Tyke'].map((name) => `${name}-${run}`);
        const clients = await Promise.all(ids.map((id) => TestClient.open(parley, id)));
        const [tom] = clients;
        if (tom === undefined) throw new Error('Nobody logged in.');
        const cid = await startConversation(tom, {
          m: ids,
          attr: { data: '{"name":"before","attr":{"a":0,"b":0}}' },
        });
        await Promise.all(clients.map((client) => client.settled()));
        const views = clients.map((client, index) => {
          const view = new View(ids[index] ?? '', cid, ids);
          client.socket.on('message', (frame: Buffer) => {
            const command = decodeCommand(frame);
            if (command.cmd === CommandType.conv) view.receive(command);
          });
          return view;
        });
        const answers: Promise<unknown>[] = [];
        for (const [n, one] of steps.entries()) {
          answers.push(take(one, n, clients[one.by] ?? tom, cid, ids));
          if (one.pause > 0) await new Promise((resolve) => setTimeout(resolve, one.pause));
        }
        await Promise.all(answers);
        await Promise.all(clients.map((client) => client.settled()));
        const [{ name, attr, m }] = (await query(asker, where({ objectId: cid }))) as unknown as [
          ConversationState,
        ];
        const truth = { name, attr, m: [...m].sort() };
        for (const [index, { state }] of views.entries()) {
          if (state !== undefined && m.includes(ids[index] ?? '')) expect(state).toEqual(truth);
        }
        await Promise.all(clients.map((client) => client.terminate()));
      }),
      { numRuns: 60 },
    );
    await asker.close();
  }, 120_000);
});
