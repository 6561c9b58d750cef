import { createClient, ParleyError } from '@parley/client';
import { startParley } from '@parley/testkit';
import { GiftMessage, goLive, type Shown, Stream } from './stream.ts';

// A server for this example alone. For yours: { url, appId, appKey }.
const parley = await startParley({ store: 'memory' });
const { url, appId, appKey } = parley;
const login = (clientId: string) =>
  createClient({ url, appId, appKey, clientId, messageTypes: [GiftMessage] });
const screen = (who: string): Shown => ({
  comment: (sender, text) => console.log(`${who} sees  ${sender}: ${text}`),
  gift: (sender, gift, total) => console.log(`${who} sees  ${sender} gave ${gift}; ${total} coins in all`),
});

const people = ['host', 'mona', 'tom', 'troll'].map(login);
const [host, mona, tom, troll] = people;
if (!host || !mona || !tom || !troll) throw new Error('Somebody is missing.');
const stream = await goLive(host, 'Cooking with cheese', ['mona'], screen('host'));
const moderator = await Stream.watch(mona, stream.room.id, screen('mona'));
const viewer = await Stream.watch(tom, stream.room.id, screen('tom'));
const spammer = await Stream.watch(troll, stream.room.id, screen('troll'));
console.log(`${await stream.viewers()} are here.`);

await viewer.comment('That looks good!');
await viewer.give('a rose', 10);
await spammer.comment('BUY MY COINS');
await moderator.mute('troll');
await spammer
  .comment('BUY MY COINS')
  .catch((error: unknown) => console.log('troll is muted:', error instanceof ParleyError && error.reason));
await spammer.leave();
console.log(`${await stream.viewers()} are here.`);
await Promise.all(people.map((client) => client.close()));
await parley.close();
