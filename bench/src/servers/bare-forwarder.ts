// The yardstick: a WebSocket server that speaks just enough of the protocol to be loaded by the same clients, and does
// nothing else. It decodes a message, acknowledges it and sends it on with `ws.send`; nothing is checked or stored.
import { CommandType, decodeCommand, encodeCommand, type GenericCommand, OpType } from '@parley/protocol';
import { type WebSocket, WebSocketServer } from 'ws';

const sockets = new Map<string, WebSocket>();
const conversations = new Map<string, readonly string[]>();
let nextMessage = 1;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});

server.on('connection', (socket) => {
  let client = '';
  socket.on('message', (data: Buffer) => {
    const command = decodeCommand(data);
    if (command.cmd === CommandType.direct) forward(socket, client, command);
    else if (command.cmd === CommandType.session) {
      client = command.peerId ?? '';
      sockets.set(client, socket);
      reply(socket, command, { cmd: CommandType.session, op: OpType.opened, peerId: client });
    } else if (command.cmd === CommandType.conv) {
      const cid = `conversation-${conversations.size}`;
      conversations.set(cid, [client, ...(command.convMessage?.m ?? [])]);
      reply(socket, command, { cmd: CommandType.conv, op: OpType.started, convMessage: { cid } });
    }
  });
});

function forward(socket: WebSocket, client: string, command: GenericCommand): void {
  const { cid = '', msg = '' } = command.directMessage ?? {};
  const id = `message-${nextMessage++}`;
  const timestamp = Date.now();
  reply(socket, command, { cmd: CommandType.ack, ackMessage: { uid: id, t: timestamp } });
  for (const member of conversations.get(cid) ?? []) {
    if (member === client) continue;
    sockets.get(member)?.send(
      encodeCommand({
        cmd: CommandType.direct,
        peerId: member,
        service: 2,
        directMessage: { cid, id, fromPeerId: client, timestamp, msg, convType: 1 },
      }),
    );
  }
}

function reply(socket: WebSocket, request: GenericCommand, command: GenericCommand): void {
  socket.send(encodeCommand({ ...command, i: request.i }));
}
