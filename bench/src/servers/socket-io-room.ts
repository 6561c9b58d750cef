// A room of socket.io, with its own broadcast.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false });

io.on('connection', (socket) => {
  void socket.join('room');
  socket.on('message', (text: string) => {
    socket.to('room').emit('message', text);
  });
});

http.listen(0, '0.0.0.0', () => {
  const address = http.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`);
});
