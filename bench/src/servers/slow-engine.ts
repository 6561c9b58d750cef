// An engine whose hooks answer after some milliseconds and change nothing: node slow-engine.ts MILLISECONDS
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delay = Number(process.argv[2]);
const server = createServer((request, response) => {
  request.resume();
  request.once('end', () =>
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"result":{}}');
    }, delay),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
