import {
  type AckCommand,
  CommandType,
  type ConvCommand,
  type DirectCommand,
  type GenericCommand,
  OpType,
  type SessionCommand,
} from '@parley/protocol';
import { TestClient } from '@parley/testkit';
import { expect } from 'vitest';
import { uniqueId } from './suite.ts';
import type { Target } from './target.ts';

/** What sets the SDKs for Swift and Objective-C apart when they log in; the rest of their frames is the same. */
export interface AppleSdk {
  readonly name: 'Swift' | 'Objective-C';
  /** Only Swift (bit 4) asks the server to keep events for `/1.1/rtm/notifications`. */
  readonly configBitmap: number;
  /** How a forced login says that it may end others: Swift in so many words, Objective-C by silence. */
  readonly forced: SessionCommand;
}

export const appleSdks: readonly AppleSdk[] = [
  { name: 'Swift', configBitmap: 0xbb, forced: { r: false } },
  { name: 'Objective-C', configBitmap: 0xab, forced: {} },
];

/** The one operation that answers each request; Swift and Objective-C take any other for a failure. */
const ANSWERS = new Map<OpType, OpType>([
  [OpType.start, OpType.started],
  [OpType.add, OpType.added],
  [OpType.remove, OpType.removed],
  [OpType.update, OpType.updated],
  [OpType.mute, OpType.updated],
  [OpType.unmute, OpType.updated],
  [OpType.query, OpType.results],
  [OpType.count, OpType.result],
  [OpType.is_member, OpType.is_member],
  [OpType.members, OpType.members],
  [OpType.member_info_update, OpType.member_info_updated],
  [OpType.add_shutup, OpType.shutup_added],
  [OpType.remove_shutup, OpType.shutup_removed],
  [OpType.query_shutup, OpType.shutup_result],
  [OpType.check_shutup, OpType.check_result],
]);

export type ConversationJson = Readonly<Record<string, unknown>>;

/**
 * A client that says what the Swift and Objective-C SDKs say and takes what they take: a push without `service = 2`,
 * or with another client's name, does not exist for it.
 */
export class AppleClient {
  readonly id: string;
  readonly wire: TestClient;
  readonly opened: GenericCommand;
  /** A second client on a connection says its name with every request; the first leaves it out. */
  readonly #named: boolean;

  private constructor(id: string, wire: TestClient, opened: GenericCommand, named: boolean) {
    this.id = id;
    this.wire = wire;
    this.opened = opened;
    this.#named = named;
  }

  /** @param on the connection of a client that is logged in already, which two clients of an app share */
  static async open(
    target: Target,
    sdk: AppleSdk,
    id: string = uniqueId('iOS'),
    session: SessionCommand = {},
    on?: AppleClient,
  ): Promise<AppleClient> {
    const wire = on?.wire ?? (await TestClient.connect(target.wsUrl));
    const opened = await wire.request(opening(target, sdk, id, session));
    if (opened.op !== OpType.opened) throw new Error(`Login refused: ${JSON.stringify(opened)}`);
    return new AppleClient(id, wire, opened, on !== undefined);
  }

  get token(): string {
    return this.opened.sessionMessage?.st ?? '';
  }

  request(command: GenericCommand): Promise<GenericCommand> {
    return this.wire.request({ ...command, ...(this.#named && { peerId: this.id }) });
  }

  /** @throws Error if the answer is not the one the SDK takes for success */
  async conv(op: OpType, fields: ConvCommand): Promise<ConvCommand> {
    const reply = await this.request({ cmd: CommandType.conv, op, convMessage: fields });
    if (reply.op !== ANSWERS.get(op) || !reply.convMessage) throw new Error(JSON.stringify(reply));
    return reply.convMessage;
  }

  /** The code with which an operation on a conversation is refused. */
  async refusal(op: OpType, fields: ConvCommand): Promise<number | undefined> {
    const reply = await this.request({ cmd: CommandType.conv, op, convMessage: fields });
    return reply.errorMessage?.code;
  }

  /** A conversation with these people, made as the SDKs make one: its creator is in the list. */
  async start(others: readonly AppleClient[], fields: ConvCommand = {}): Promise<string> {
    const m = [this, ...others].map(({ id }) => id);
    const { cid } = await this.conv(OpType.start, { m, attr: { data: '{}' }, ...fields });
    return cid ?? '';
  }

  /** What is found, every entry in the form both SDKs cast to. */
  async query(fields: ConvCommand): Promise<readonly ConversationJson[]> {
    const { results } = await this.conv(OpType.query, fields);
    const found = JSON.parse(results?.data ?? '') as ConversationJson[];
    for (const { createdAt, updatedAt, ...rest } of found) {
      expect([createdAt, updatedAt]).toEqual([expect.stringMatching(/Z$/), expect.stringMatching(/Z$/)]);
      expect(Object.values(rest)).not.toContain(null);
    }
    return found;
  }

  async find(cid: string, fields: ConvCommand = {}): Promise<ConversationJson> {
    const [found] = await this.query({ where: { data: JSON.stringify({ objectId: cid }) }, ...fields });
    if (found === undefined) throw new Error(`${this.id} does not find conversation ${cid}.`);
    return found;
  }

  /** Sends and gives the whole `ack`, refusals included. */
  async send(cid: string, fields: DirectCommand, envelope: GenericCommand = {}): Promise<AckCommand> {
    const directMessage = { cid, ...fields };
    const { ackMessage } = await this.request({ ...envelope, cmd: CommandType.direct, directMessage });
    return ackMessage ?? {};
  }

  /** Sends, and holds the `ack` to what the SDKs take for success. */
  async say(
    cid: string,
    msg: string,
    fields: DirectCommand = {},
  ): Promise<{ mid: string; timestamp: number }> {
    const ack = await this.send(cid, { msg, ...fields });
    expect([ack.code, ack.appCode]).toEqual([undefined, undefined]);
    expect(ack).toMatchObject({ uid: expect.stringMatching(/./), t: expect.any(Number) });
    return { mid: ack.uid ?? '', timestamp: ack.t ?? 0 };
  }

  /** The events of conversations since the last look: exactly these, whatever their order, and nothing else. */
  async told(...ops: readonly OpType[]): Promise<readonly ConvCommand[]> {
    const events = await this.pushes(CommandType.conv, ops.length, ({ op }) =>
      ops.some((expected) => expected === op),
    );
    expect(events.map(({ op }) => op).toSorted()).toEqual([...ops].toSorted());
    const inOrder = ops.map(
      (op) =>
        events.splice(
          events.findIndex((event) => event.op === op),
          1,
        )[0],
    );
    return inOrder.map((event) => {
      expect(event?.serverTs).toBeGreaterThan(0);
      return event?.convMessage ?? {};
    });
  }

  /** The messages since the last look: exactly so many. Each is acknowledged where the SDKs acknowledge it. */
  async heard(howMany: number): Promise<readonly DirectCommand[]> {
    const pushes = await this.pushes(CommandType.direct, howMany);
    return pushes.map(({ directMessage }) => {
      const message = directMessage ?? {};
      expect(message).toMatchObject({ cid: expect.any(String), id: expect.any(String) });
      expect(message).toMatchObject({ fromPeerId: expect.any(String), timestamp: expect.any(Number) });
      if (!message.transient && message.convType !== 2) this.acknowledge(message);
      return message;
    });
  }

  acknowledge({ cid, id }: DirectCommand): void {
    this.wire.send({
      cmd: CommandType.ack,
      ...(this.#named && { peerId: this.id }),
      ackMessage: { ...(cid !== undefined && { cid }), ...(id !== undefined && { mid: id }) },
    });
  }

  /** The pushes of one kind since the last look, exactly so many. */
  async pushes(
    cmd: CommandType,
    howMany: number,
    matches: (command: GenericCommand) => boolean = () => true,
  ): Promise<GenericCommand[]> {
    const found: GenericCommand[] = [];
    while (found.length < howMany) found.push(await this.push(cmd, matches));
    await this.wire.settled();
    const { inbox } = this.wire;
    const surplus = inbox.filter((command) => this.#takes(cmd, command));
    expect([...found, ...surplus]).toHaveLength(howMany);
    return found;
  }

  /** The next push of one kind. */
  push(
    cmd: CommandType,
    matches: (command: GenericCommand) => boolean = () => true,
  ): Promise<GenericCommand> {
    return this.wire.next((command) => this.#takes(cmd, command) && matches(command));
  }

  #takes(cmd: CommandType, command: GenericCommand): boolean {
    return (
      command.cmd === cmd && command.i === undefined && command.service === 2 && command.peerId === this.id
    );
  }

  close(): Promise<unknown> {
    return this.wire.terminate();
  }
}

/** The first frame of a login. The device is known by its token for Apple's push service. */
export function opening(
  target: Target,
  sdk: AppleSdk,
  id: string,
  session: SessionCommand = {},
): GenericCommand {
  const { configBitmap, forced } = sdk;
  return {
    cmd: CommandType.session,
    op: OpType.open,
    appId: target.appId,
    peerId: id,
    sessionMessage: {
      ua: sdk.name,
      configBitmap,
      deviceToken: `token of ${id}`,
      ...forced,
      ...session,
    },
  };
}
