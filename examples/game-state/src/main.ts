import { createClient } from '@parley/client';
import { startParley } from '@parley/testkit';
import { Board, gameMessages } from './board.ts';

// A server for this example alone. For yours: { url, appId, appKey }.
const parley = await startParley({ store: 'memory' });
const { url, appId, appKey } = parley;
const clients = ['Tom', 'Jerry'].map((clientId) =>
  createClient({ url, appId, appKey, clientId, messageTypes: gameMessages }),
);
const [tom, jerry] = clients;
if (!tom || !jerry) throw new Error('Two have to play.');
const game = await tom.conversations.create({ members: ['Jerry'], name: 'Game' });
const boards = [];
for (const client of clients) {
  const coins = client.messages.live(await client.conversations.get(game.id));
  await coins.ready;
  boards.push(await Board.enter(await client.conversations.get(game.id), client.id, coins));
}
const [toms, jerrys] = boards;
if (!toms || !jerrys) throw new Error('Two have to play.');

for (let step = 1; step <= 20; step++) {
  await Promise.all([toms.move({ x: step, y: 0 }), jerrys.move({ x: 0, y: step })]);
}
await Promise.all([toms.take('gold'), jerrys.take('gold')]);
await new Promise((resolve) => setTimeout(resolve, 100));
console.log('Tom sees   ', Object.fromEntries(toms.places), Object.fromEntries(toms.owners));
console.log('Jerry sees ', Object.fromEntries(jerrys.places), Object.fromEntries(jerrys.owners));
await Promise.all(clients.map((client) => client.close()));
await parley.close();
