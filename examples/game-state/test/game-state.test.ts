import { type Client, createClient, type LiveMessages } from '@parley/client';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Board, gameMessages } from '../src/board.ts';

let parley: Parley;
const everybody: Client[] = [];
beforeAll(async () => {
  parley = await startParley();
});
afterAll(async () => {
  await Promise.all(everybody.map((client) => client.close()));
  await parley.close();
});

async function player(clientId: string, gameId?: string) {
  const { url, appId, appKey } = parley;
  const client = createClient({ url, appId, appKey, clientId, messageTypes: gameMessages });
  everybody.push(client);
  const game =
    gameId === undefined
      ? await client.conversations.create({ members: ['Tom', 'Jerry', 'Spike'], unique: false })
      : await client.conversations.get(gameId);
  const coins: LiveMessages = client.messages.live(game);
  await coins.ready;
  return { client, game, coins, board: await Board.enter(game, clientId, coins) };
}

it('[F-GEN-04][F-GEN-07] players see each other move, nothing of it is kept, and a coin has one owner', async () => {
  const tom = await player('Tom');
  const jerry = await player('Jerry', tom.game.id);
  for (let step = 1; step <= 30; step++) void tom.board.move({ x: step, y: -step });
  await jerry.board.move({ x: 7, y: 7 });
  await expect.poll(() => jerry.board.places.get('Tom')).toEqual({ x: 30, y: -30 });
  await expect.poll(() => tom.board.places.get('Jerry')).toEqual({ x: 7, y: 7 });
  expect([tom.coins.items.length, jerry.game.unreadCount]).toEqual([0, 0]);

  await Promise.all(['gold', 'silver'].flatMap((coin) => [tom.board.take(coin), jerry.board.take(coin)]));
  await expect.poll(() => [tom.coins.items.length, jerry.coins.items.length]).toEqual([4, 4]);
  expect([...tom.board.owners]).toEqual([...jerry.board.owners]);
  expect([...tom.board.owners.keys()].sort()).toEqual(['gold', 'silver']);

  // Who comes late learns where everybody is, and what is gone.
  const spike = await player('Spike', tom.game.id);
  await expect.poll(() => [...spike.board.places.keys()].sort()).toEqual(['Jerry', 'Tom']);
  expect(spike.board.places.get('Tom')).toEqual({ x: 30, y: -30 });
  expect([...spike.board.owners]).toEqual([...tom.board.owners]);

  spike.board.leave();
  await tom.board.move({ x: 0, y: 0 });
  await expect.poll(() => jerry.board.places.get('Tom')).toEqual({ x: 0, y: 0 });
  // The answer to this comes after what the server had for Spike.
  await spike.board.move({ x: 1, y: 1 });
  expect(spike.board.places.get('Tom')).toEqual({ x: 30, y: -30 });
});
