import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection, createClient } from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { testPlatform } from './support/test-platform.ts';
import { PATIENCE } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How many of these objects somebody still holds. */
function held(objects: readonly WeakRef<object>[]): number {
  collectGarbage();
  return objects.filter((each) => each.deref() !== undefined).length;
}

describe('what is no longer used', () => {
  it('[F-SDK-01] of lists is let go once they are closed, while their client lives on', async () => {
    const { client, platform } = await person(parley, 'Tom');
    const chat = await client.conversations.create({ members: ['Jerry'] });
    const lists: WeakRef<object>[] = [];
    for (let n = 0; n < 20; n++) {
      const [messages, conversations] = [client.messages.live(chat), client.conversations.live()];
      const stop = messages.subscribe(() => {});
      await Promise.all([messages.ready, conversations.ready]);
      await chat.send(`${n}`);
      if (n % 2 === 0) stop();
      messages.close();
      conversations.close();
      lists.push(new WeakRef(messages), new WeakRef(conversations));
    }
    platform.clock.advance(60_000);
    // The last ones may still be on the stack.
    await expect.poll(() => held(lists), { timeout: PATIENCE }).toBeLessThanOrEqual(2);
  });

  it('[F-SDK-01] of clients is let go once they are closed, while their connection lives on', async () => {
    const platform = testPlatform();
    const { url, appId, appKey } = parley;
    const connection = new Connection({ url, appId, appKey, platform });
    const stays = createClient({ connection, clientId: 'Stays' });
    await stays.whenOpen();
    const clients: WeakRef<object>[] = [];
    for (let n = 0; n < 20; n++) {
      const client = createClient({ connection, clientId: `Guest${n}` });
      client.on('message', () => {});
      const chat = await client.conversations.create({ members: ['Stays'] });
      client.messages.live(chat);
      client.conversations.live();
      await chat.send('hello');
      await client.close();
      clients.push(new WeakRef(client));
    }
    platform.clock.advance(60_000);
    await expect.poll(() => held(clients), { timeout: PATIENCE }).toBeLessThanOrEqual(1);
    await stays.close();
  });
});
