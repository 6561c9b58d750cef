import {
  CommandType,
  decodeCommand,
  decodeText,
  encodeCommand,
  encodeText,
  type GenericCommand,
  OpType,
  type SessionCommand,
} from '@parley/protocol';
import WebSocket from 'ws';

/** How long a condition may take to come true before a test fails. */
const PATIENCE = 20_000;

export interface ConnectOptions {
  readonly subprotocol?: 'lc.protobuf2.3' | 'lc.protobuf2.1' | 'lc.proto2base64.3';
  readonly headers?: Readonly<Record<string, string>>;
  /** Of several that this machine has, the one to connect from; Linux takes any of 127.0.0.0/8. */
  readonly localAddress?: string;
}

interface Waiter {
  readonly matches: (command: GenericCommand) => boolean;
  readonly resolve: (command: GenericCommand) => void;
}

/**
 * A client that speaks raw commands: what an SDK hides, a test can send and see.
 *
 * @example
 * const tom = await TestClient.open(parley, 'Tom');
 * const started = await tom.request({ cmd: CommandType.conv, op: OpType.start, convMessage: { m: ['Jerry'] } });
 */
export class TestClient {
  readonly socket: WebSocket;
  /** Resolves once the socket is closed, by whomever. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Commands nobody has waited for yet, oldest first. */
  readonly inbox: GenericCommand[] = [];
  readonly #text: boolean;
  readonly #waiters: Waiter[] = [];
  #nextId = 1;

  private constructor(socket: WebSocket, text: boolean) {
    this.socket = socket;
    this.#text = text;
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('message', (data: Buffer) => {
      this.#receive(text ? decodeText(data.toString()) : decodeCommand(data));
    });
  }

  /** A connection on which nobody has logged in yet. */
  static async connect(wsUrl: string, options: ConnectOptions = {}): Promise<TestClient> {
    const subprotocol = options.subprotocol ?? 'lc.protobuf2.3';
    const socket = new WebSocket(wsUrl, [subprotocol], {
      perMessageDeflate: false,
      ...(options.headers !== undefined && { headers: options.headers }),
      ...(options.localAddress !== undefined && { localAddress: options.localAddress }),
    });
    const client = new TestClient(socket, subprotocol === 'lc.proto2base64.3');
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => {});
    return client;
  }

  /** A connection with one client logged in, which has been told what it missed. The reply is consumed. */
  static async open(
    server: {
      readonly wsUrl: string;
      readonly appId: string;
      readonly caughtUp?: () => Promise<void>;
    },
    peerId: string,
    session: SessionCommand = {},
    options: ConnectOptions = {},
  ): Promise<TestClient> {
    const client = await TestClient.connect(server.wsUrl, options);
    const reply = await client.login(server.appId, peerId, session);
    if (reply.op !== OpType.opened) throw new Error(`Login refused: ${JSON.stringify(reply)}`);
    await server.caughtUp?.();
    return client;
  }

  /** Sends `session/open` as the JS SDK does and returns the answer, whichever it is. */
  login(appId: string, peerId: string | undefined, session: SessionCommand = {}): Promise<GenericCommand> {
    return this.request({
      cmd: CommandType.session,
      op: OpType.open,
      appId,
      ...(peerId !== undefined && { peerId }),
      sessionMessage: { ua: 'testkit', deviceId: `device-${Math.random()}`, configBitmap: 0xbb, ...session },
    });
  }

  send(command: GenericCommand): void {
    this.sendBytes(encodeCommand(command), command);
  }

  /** Sends a frame that need not be a command at all. */
  sendBytes(bytes: Uint8Array, command?: GenericCommand): void {
    if (this.#text)
      this.socket.send(command === undefined ? Buffer.from(bytes).toString() : encodeText(command));
    else this.socket.send(bytes);
  }

  /** Sends a command with a fresh request id and resolves with its reply. */
  request(command: GenericCommand): Promise<GenericCommand> {
    const i = this.#nextId++;
    const reply = this.next((candidate) => candidate.i === i);
    this.send({ ...command, i });
    return reply;
  }

  /** The next command that matches, arrived already or yet to come; it leaves the inbox. */
  next(matches: (command: GenericCommand) => boolean): Promise<GenericCommand> {
    const index = this.inbox.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.inbox.splice(index, 1)[0] as GenericCommand);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        matches,
        resolve: (command) => {
          clearTimeout(deadline);
          resolve(command);
        },
      };
      const deadline = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new Error(`Nothing that matches arrived. In the inbox: ${JSON.stringify(this.inbox)}`));
      }, PATIENCE);
      this.#waiters.push(waiter);
    });
  }

  /** The next push of this kind. */
  push(cmd: number, op?: number): Promise<GenericCommand> {
    return this.next(
      (command) => command.i === undefined && command.cmd === cmd && (op === undefined || command.op === op),
    );
  }

  /**
   * Resolves once the server has handled everything sent on this connection before, and everything it had to tell
   * this connection by then has arrived. What is in the inbox afterwards is all there was.
   */
  async settled(): Promise<void> {
    await this.request({ cmd: CommandType.echo });
  }

  close(): Promise<unknown> {
    this.socket.close();
    return this.closed;
  }

  /** Ends the connection as a lost network does: no close frame. */
  terminate(): Promise<unknown> {
    this.socket.terminate();
    return this.closed;
  }

  #receive(command: GenericCommand): void {
    const index = this.#waiters.findIndex((waiter) => waiter.matches(command));
    if (index < 0) {
      this.inbox.push(command);
      return;
    }
    const [waiter] = this.#waiters.splice(index, 1);
    waiter?.resolve(command);
  }
}
