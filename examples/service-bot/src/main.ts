import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, type ServiceConversation } from '@parley/client';
import { createServer } from '@parley/client/server';
import { startParley } from '@parley/testkit';
import { createBot } from './bot.ts';

const hookKey = 'a-secret-of-both-sides';
const http = createHttpServer();
await once(http.listen(0, '127.0.0.1'), 'listening');
const serviceMessageCallbackUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;

// A server for this example alone; README.md says how to set up yours.
const engine = { url: '', hookKey, hooks: [], legacySign: true };
const limits = { timeoutMs: 5_000, notifyTimeoutMs: 15_000, maxInFlight: 256 };
const parley = await startParley({
  store: 'memory',
  settings: { serviceMessageCallbackUrl, engine: { ...engine, ...limits } },
});
const server = createServer(parley);
const service = await server.createService('Cheese shop');
const answer = (question: string) =>
  /hours|open/i.test(question) ? 'We are open from 9 to 18.' : 'A person will answer soon.';
http.on('request', createBot({ server, service, hookKey, answer }));

const { url, appId, appKey } = parley;
const tom = createClient({ url, appId, appKey, clientId: 'Tom' });
tom.on('message', ({ conversation, message }) =>
  console.log(`Tom reads from ${conversation.name}: ${message.text}`),
);
const shop = (await tom.conversations.get(service)) as ServiceConversation;
await shop.subscribe();

for (const question of ['When are you open?', 'Is the Gouda good?']) {
  console.log('Tom writes:', question);
  const answered = tom.once('message');
  await shop.send(question);
  await answered;
}
const heard = tom.once('message');
await server.send({ service, to: 'subscribers' }, 'Fresh Gouda today!', { from: 'bot' });
await heard;

await tom.close();
await parley.close();
http.close();
http.closeAllConnections();
