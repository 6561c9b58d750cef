import { createRequire } from 'node:module';
import { CommandType, decodeCommand, encodeCommand, type GenericCommand, OpType } from '@parley/protocol';
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
  readonly #frames: GenericCommand[] = [];
  #arrived: () => void = () => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      expect(isBinary).toBe(true);
      const command = decodeCommand(data);
      // A client that cannot decode a frame would not tell us; its own codec does.
      expect(Protocals.GenericCommand.decode(data)).toMatchObject({
        cmd: command.cmd,
        i: command.i ?? null,
      });
      this.#frames.push(command);
      this.#arrived();
    });
  }

  static async open(wsUrl: string, subprotocol = 'lc.protobuf2.3'): Promise<Line> {
    const socket = new WebSocket(wsUrl, [subprotocol], { perMessageDeflate: false });
    const line = new Line(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    return line;
  }

  says(command: GenericCommand): void {
    this.#socket.send(encodeCommand(command));
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
export const JS_BITS = 0xbb;
export const JAVA_BITS = 0xaf;
export const push = (peerId: string, serverTs: number = moment) => ({ peerId, service: 2, serverTs });

export async function opened(
  parley: Parley,
  peerId: string,
  session: object,
  i: number | undefined = 1,
): Promise<Line> {
  const line = await Line.open(parley.wsUrl);
  const envelope = { cmd: CommandType.session, peerId, ...(i !== undefined && { i }) };
  line.says({ ...envelope, op: OpType.open, appId: parley.appId, sessionMessage: session });
  await line.hears({
    ...envelope,
    op: OpType.opened,
    serverTs: moment,
    sessionMessage: { st: token, stTtl: 48 * 3600 },
  });
  return line;
}

export const js = (deviceId: string) => ({
  ua: 'js/5.0.0-rc.8',
  r: false,
  deviceId,
  configBitmap: JS_BITS,
  lastPatchTime: Date.now(),
});
