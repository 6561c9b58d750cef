import { createClient, type ParleyError } from '@parley/client';
import { startParley } from '@parley/testkit';
import { askForHelp, Desk, takeNext } from './desk.ts';

// A server for this example alone. For yours: { url, appId, appKey }.
const parley = await startParley({ store: 'memory' });
const { url, appId, appKey } = parley;
const [desk, anna, carl] = ['desk', 'anna', 'carl'].map((clientId) =>
  createClient({ url, appId, appKey, clientId }),
) as [ReturnType<typeof createClient>, ReturnType<typeof createClient>, ReturnType<typeof createClient>];
const everybody = [desk, anna, carl];
for (const client of everybody) {
  client.on('message', ({ message }) =>
    console.log(client.id, 'reads from', message.from, '–', message.text),
  );
}
await Promise.all(everybody.map((client) => client.whenOpen()));

new Desk(desk, { agents: ['anna'], talkSeconds: 10 });
const talking = askForHelp(carl, 'Where is my parcel?');
await carl.once('message');
const [talk, theirs] = await Promise.all([takeNext(anna), talking]);
await talk.send('It is on its way, it comes tomorrow.');
await theirs.send('Thank you!');

console.log('In ten seconds this talk ends by itself …');
const end = theirs.expiresAt ?? new Date();
await new Promise((resolve) => setTimeout(resolve, end.getTime() - Date.now() + 1_000));
await theirs
  .send('One more question …')
  .catch((error: ParleyError) => console.log('carl cannot write any more:', error.reason));
await Promise.all(everybody.map((client) => client.close()));
await parley.close();
