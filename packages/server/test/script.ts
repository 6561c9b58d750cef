import { createRequire } from 'node:module';
import {
  CommandType,
  decodeCommand,
  decodeText,
  encodeCommand,
  encodeText,
  type GenericCommand,
  OpType,
} from '@parley/protocol';
import type { Parley } from '@parley/testkit';
import { expect } from 'vitest';
import WebSocket from 'ws';

/** What a script of frames is written with: lines, and the values only the server knows. */

const require = createRequire(import.meta.url);
const { Protocals } = require('leancloud-realtime') as {
  Protocals: {
    GenericCommand: { decode(bytes: Uint8Array): { readonly cmd: number | null; readonly i: number | null } };
  };
};

/** A socket that keeps every frame until the script asks for it. */
export class Line {
  readonly #socket: WebSocket;
  readonly #inText: boolean;
  readonly #frames: GenericCommand[] = [];
  #arrived: () => void = () => {};

  constructor(socket: WebSocket, subprotocol: string) {
    this.#socket = socket;
    this.#inText = subprotocol === 'lc.proto2base64.3';
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      expect(isBinary).toBe(!this.#inText);
      const command = this.#inText ? decodeText(data.toString()) : decodeCommand(data);
      // A client that cannot decode a frame would not tell us; its own codec does.
      const bytes = this.#inText ? Buffer.from(data.toString(), 'base64') : data;
      expect(Protocals.GenericCommand.decode(bytes)).toMatchObject({
        cmd: command.cmd,
        i: command.i ?? null,
      });
      this.#frames.push(command);
      this.#arrived();
    });
  }

  static async open(wsUrl: string, subprotocol = 'lc.protobuf2.3'): Promise<Line> {
    const socket = new WebSocket(wsUrl, [subprotocol], { perMessageDeflate: false });
    const line = new Line(socket, subprotocol);
    await new Promise((resolve) => socket.once('open', resolve));
    return line;
  }

  says(command: GenericCommand): void {
    this.#socket.send(this.#inText ? encodeText(command) : encodeCommand(command));
  }

  /** The next frames are exactly these. Answers with them, for values only the server knows. */
  async hears(...expected: readonly GenericCommand[]): Promise<readonly GenericCommand[]> {
    while (this.#frames.length < expected.length) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const heard = this.#frames.splice(0, expected.length);
    expect(heard).toEqual(expected);
    return heard;
  }

  /** Nothing but the answer to a heartbeat is on its way. */
  async hearsNothingMore(): Promise<void> {
    this.says({ cmd: CommandType.echo, i: 9999 });
    await this.hears({ cmd: CommandType.echo, i: 9999 });
  }

  lost(): Promise<unknown> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.terminate();
    return closed;
  }

  close(): void {
    this.#socket.close();
  }
}

export const moment = expect.toSatisfy((value) => Number.isInteger(value) && value > 1_600_000_000_000);
export const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const messageId = expect.stringMatching(/^[-\w]{22}$/);
export const token = expect.stringMatching(/.{20,}/);
/** What JS and Swift, and what Java say they understand. */
export const JS_BITS = 0xbb;
export const JAVA_BITS = 0xaf;
/** The envelope of whatever the server sends unasked. */
export const push = (peerId: string, serverTs: number = moment) => ({ peerId, service: 2, serverTs });

/** A line on which a client has logged in and heard that it has. */
export async function opened(
  parley: Parley,
  peerId: string,
  session: object,
  subprotocol?: string,
): Promise<Line> {
  const line = await Line.open(parley.wsUrl, subprotocol);
  const envelope = { cmd: CommandType.session, peerId, i: 1 };
  line.says({ ...envelope, op: OpType.open, appId: parley.appId, sessionMessage: session });
  await line.hears({
    ...envelope,
    op: OpType.opened,
    serverTs: moment,
    sessionMessage: { st: token, stTtl: 48 * 3600 },
  });
  // What happens from here on is told live, and is not part of a summary.
  await parley.caughtUp();
  return line;
}

export const js = (deviceId: string) => ({
  ua: 'js/5.0.0-rc.8',
  r: false,
  deviceId,
  configBitmap: JS_BITS,
  lastPatchTime: Date.now(),
});

/** Two clients and their conversation, with everything about its creation heard. */
export async function pair(parley: Parley, tom: string, jerry: string) {
  const [first, second] = [await opened(parley, tom, js('A')), await opened(parley, jerry, js('B'))];
  first.says({
    cmd: CommandType.conv,
    op: OpType.start,
    i: 2,
    convMessage: { m: [jerry, tom], unique: true, attr: { data: '{"name":"T&J"}' } },
  });
  const [started] = await first.hears({
    cmd: CommandType.conv,
    op: OpType.started,
    i: 2,
    peerId: tom,
    convMessage: { cid: expect.stringMatching(/^[0-9a-f]{24}$/), cdate: iso, udate: iso, uniqueId: token },
  });
  const { cid = '', udate = '' } = started?.convMessage ?? {};
  const members = [tom, jerry];
  for (const [line, peerId] of [
    [first, tom],
    [second, jerry],
  ] as const) {
    const about = { cid, initBy: tom, udate };
    const [joined] = await line.hears(
      { ...push(peerId), cmd: CommandType.conv, op: OpType.joined, notificationType: 1, convMessage: about },
      {
        ...push(peerId),
        cmd: CommandType.conv,
        op: OpType.members_joined,
        notificationType: 1,
        convMessage: { ...about, m: members },
      },
    );
    expect(joined?.serverTs).toBeGreaterThan(0);
  }
  return { first, second, cid };
}

/** One message from the first to the second, acknowledged and heard. */
export async function sent(
  from: Line,
  to: Line,
  who: { readonly tom: string; readonly jerry: string; readonly cid: string },
  message: { readonly i: number; readonly msg: string; readonly r?: boolean },
) {
  const { tom, jerry, cid } = who;
  const { i, ...content } = message;
  from.says({ cmd: CommandType.direct, i, directMessage: { cid, dt: `token ${i}`, ...content } });
  const [ack] = await from.hears({
    cmd: CommandType.ack,
    i,
    peerId: tom,
    ackMessage: { uid: messageId, t: moment },
  });
  const { uid = '', t = 0 } = ack?.ackMessage ?? {};
  await to.hears({
    ...push(jerry, t),
    cmd: CommandType.direct,
    directMessage: { cid, id: uid, fromPeerId: tom, timestamp: t, msg: message.msg, convType: 1 },
  });
  return { uid, t };
}
