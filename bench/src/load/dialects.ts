// How one enters a room and speaks in it, on each kind of server.
import { CommandType, decodeCommand, encodeCommand, type GenericCommand, OpType } from '@parley/protocol';
import type { CountingSocket } from './counting-socket.ts';

export interface Dialect {
  readonly path: string;
  readonly subprotocol?: string;
  /** Makes the first member the creator of the room, where rooms are created; answers the room's name. */
  create(first: CountingSocket): Promise<string>;
  /** Brings a connected socket into the room. */
  enter(socket: CountingSocket, index: number, room: string): Promise<void>;
  say(sender: CountingSocket, room: string, text: string): void;
}

/** Everybody who connects is in the room, and a frame goes to the others as it is. */
export const plain: Dialect = {
  path: '/',
  create: async () => 'the room',
  enter: async () => {},
  say: (sender, _room, text) => sender.send(Buffer.from(text, 'latin1'), 'binary'),
};

/** engine.io 4 over its WebSocket transport, and of socket.io 5 what it takes to send and receive an event. */
export const socketIo: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  create: async () => 'the room',
  enter: (socket) =>
    new Promise((resolve, reject) => {
      socket.listen((payload) => {
        const packet = payload.toString('latin1');
        if (packet.startsWith('0')) socket.send(Buffer.from('40'), 'text');
        else if (packet.startsWith('40')) resolve();
        else if (packet === '2') socket.send(Buffer.from('3'), 'text');
        else reject(new Error(`Unexpected packet of socket.io: ${packet}`));
      });
    }),
  say: (sender, _room, text) => sender.send(Buffer.from(`42["message","${text}"]`, 'latin1'), 'text'),
};

/** `wire-protocol §4.2, §4.3, §4.9`: log in, create or join a chat room, send. */
export function parley(appId: string): Dialect {
  let requests = 1;

  async function login(socket: CountingSocket, client: string): Promise<void> {
    const reply = await request(socket, {
      cmd: CommandType.session,
      op: OpType.open,
      appId,
      peerId: client,
      sessionMessage: { deviceId: client, configBitmap: 0xbb },
    });
    if (reply.op !== OpType.opened) throw new Error(`Login refused: ${JSON.stringify(reply)}`);
  }

  function request(socket: CountingSocket, command: GenericCommand): Promise<GenericCommand> {
    const i = requests++;
    return new Promise((resolve) => {
      socket.listen((payload) => {
        const reply = decodeCommand(payload);
        if (reply.i === i) resolve(reply);
      });
      socket.send(encodeCommand({ ...command, i }), 'binary');
    });
  }

  return {
    path: '/',
    subprotocol: 'lc.protobuf2.3',
    async create(first) {
      await login(first, 'member-0');
      const reply = await request(first, {
        cmd: CommandType.conv,
        op: OpType.start,
        convMessage: { m: ['member-0'], transient: true, attr: { data: '{}' } },
      });
      if (reply.convMessage?.cid === undefined) throw new Error(`No room: ${JSON.stringify(reply)}`);
      first.listen(refuseRefusals);
      return reply.convMessage.cid;
    },
    async enter(socket, index, room) {
      if (index === 0) return;
      const client = `member-${index}`;
      await login(socket, client);
      const reply = await request(socket, {
        cmd: CommandType.conv,
        op: OpType.add,
        convMessage: { cid: room, m: [client] },
      });
      if (reply.op !== OpType.added) throw new Error(`Not let into the room: ${JSON.stringify(reply)}`);
      socket.listen(refuseRefusals);
    },
    say(sender, room, text) {
      const directMessage = { cid: room, msg: text };
      sender.send(encodeCommand({ cmd: CommandType.direct, i: requests++, directMessage }), 'binary');
    },
  };
}

function refuseRefusals(payload: Buffer): void {
  const { cmd, ackMessage } = decodeCommand(payload);
  if (cmd === CommandType.error || ackMessage?.code !== undefined) {
    throw new Error(`A message was refused: ${JSON.stringify(decodeCommand(payload))}`);
  }
}
