import { CommandType, decodeCommand, encodeCommand, type GenericCommand, OpType } from '@parley/protocol';
import { RawSocket } from './raw-socket.ts';

/** A logged-in client of the load generator. */
export class LoadClient {
  readonly id: string;
  /** Called for every message that reaches this client. */
  onMessage: (text: string) => void = () => {};
  /** Called for every message of this client the server has acknowledged. */
  onAck: () => void = () => {};
  readonly #replies = new Map<number, (reply: GenericCommand) => void>();
  #socket: RawSocket | undefined;
  #nextId = 1;

  private constructor(id: string) {
    this.id = id;
  }

  static async open(target: Target, id: string): Promise<LoadClient> {
    const client = new LoadClient(id);
    client.#socket = await RawSocket.connect(target.wsUrl, 'lc.protobuf2.3', (payload) =>
      client.#receive(payload),
    );
    const reply = await client.request({
      cmd: CommandType.session,
      op: OpType.open,
      appId: target.appId,
      peerId: id,
      sessionMessage: { deviceId: id, configBitmap: 0xbb },
    });
    if (reply.op !== OpType.opened) throw new Error(`Login refused: ${JSON.stringify(reply)}`);
    return client;
  }

  request(command: GenericCommand): Promise<GenericCommand> {
    const i = this.#nextId++;
    return new Promise((resolve) => {
      this.#replies.set(i, resolve);
      this.#socket?.send(encodeCommand({ ...command, i }));
    });
  }

  async startConversation(members: readonly string[]): Promise<string> {
    const reply = await this.request({
      cmd: CommandType.conv,
      op: OpType.start,
      convMessage: { m: members, attr: { data: '{}' } },
    });
    if (reply.convMessage?.cid === undefined) throw new Error(`No conversation: ${JSON.stringify(reply)}`);
    return reply.convMessage.cid;
  }

  /** Sends a message without waiting; {@link onAck} tells when it is safe. */
  send(cid: string, text: string): void {
    this.#socket?.send(
      encodeCommand({ cmd: CommandType.direct, i: this.#nextId++, directMessage: { cid, msg: text } }),
    );
  }

  close(): void {
    this.#socket?.destroy();
  }

  #receive(payload: Buffer): void {
    const command = decodeCommand(payload);
    if (command.cmd === CommandType.direct) {
      this.onMessage(command.directMessage?.msg ?? '');
    } else if (command.cmd === CommandType.ack) {
      if (command.ackMessage?.code !== undefined)
        throw new Error(`Refused: ${JSON.stringify(command.ackMessage)}`);
      this.onAck();
    } else if (command.i !== undefined) {
      const resolve = this.#replies.get(command.i);
      this.#replies.delete(command.i);
      resolve?.(command);
    }
  }
}

export interface Target {
  readonly wsUrl: URL;
  readonly appId: string;
}
