// A room as a tutorial writes it: every message goes to everybody else with `ws.send`.
import { type WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '0.0.0.0', perMessageDeflate: false }, () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`);
});

server.on('connection', (sender: WebSocket) => {
  sender.on('message', (data: Buffer) => {
    for (const member of server.clients) if (member !== sender) member.send(data, { binary: true });
  });
  sender.on('error', () => {});
});
