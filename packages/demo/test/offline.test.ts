import { createClient } from '@parley/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  beginConversation,
  conversation,
  message,
  openConversation,
  say,
  textsBeginningWith,
} from './support/chat-page.ts';
import { PATIENCE, Stage } from './support/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
}, PATIENCE);
afterEach(() => stage.leave());
afterAll(() => stage.close());

describe('the chat page without a connection', { timeout: 3 * PATIENCE }, () => {
  it('[F-GEN-10] says so, keeps what is written, and catches up in order', async () => {
    const tom = await stage.enter('Tom');
    const jerry = await stage.enter('Jerry');
    await beginConversation(tom, 'Jerry');
    await say(tom, 'line 1');
    await openConversation(jerry, 'Tom');
    await message(jerry, 'line 1').waitFor();

    await jerry.context().setOffline(true);
    await jerry.getByText('You are offline').waitFor();
    for (const line of ['line 2', 'line 3', 'line 4']) await say(tom, line);
    await say(jerry, 'line from the tunnel');
    await message(jerry, 'line from the tunnel').locator('[data-mark=sending]').waitFor();
    expect(await message(jerry, 'line 4').count()).toBe(0);
    expect(await message(tom, 'line from the tunnel').count()).toBe(0);

    await jerry.context().setOffline(false);
    await jerry.getByText('Connected again').waitFor();
    await message(tom, 'line from the tunnel').waitFor();
    await message(jerry, 'line from the tunnel').locator('[data-mark=read]').waitFor();
    const lines = ['line 1', 'line 2', 'line 3', 'line 4', 'line from the tunnel'];
    expect(await textsBeginningWith(jerry, 'line')).toEqual(lines);
    expect(await textsBeginningWith(tom, 'line')).toEqual(lines);
  });

  it('[F-GEN-10] outlives a server that is killed: what was written meanwhile arrives once', async () => {
    const ada = await stage.enter('Ada');
    const bob = await stage.enter('Bob');
    await beginConversation(ada, 'Bob');
    await say(ada, 'line 1');
    await openConversation(bob, 'Ada');
    await message(bob, 'line 1').waitFor();

    await stage.killServer();
    await ada.getByText('The server cannot be reached').waitFor();
    await say(ada, 'line 2');
    await say(ada, 'line 3');
    await message(ada, 'line 3').locator('[data-mark=sending]').waitFor();
    await stage.restartServer();
    await message(bob, 'line 3').waitFor();
    await message(ada, 'line 3').locator('[data-mark=read]').waitFor();
    expect(await textsBeginningWith(bob, 'line')).toEqual(['line 1', 'line 2', 'line 3']);
    expect(await textsBeginningWith(ada, 'line')).toEqual(['line 1', 'line 2', 'line 3']);
  });

  it('[F-GEN-10] comes into a room also where the connection broke on the way', async () => {
    const keys = await stage.keys();
    const client = createClient({ url: stage.url, ...keys, clientId: 'guide' });
    const flo = await stage.visit();
    let doomed: string | undefined;
    await flo.routeWebSocket(/^ws/, (socket) => {
      const server = socket.connectToServer();
      let isBroken = false;
      socket.onMessage((frame) => {
        if (doomed !== undefined && frame.includes(doomed)) {
          doomed = undefined;
          isBroken = true;
          void Promise.all([socket.close(), server.close()]);
        }
        if (!isBroken) server.send(frame);
      });
    });
    await flo.goto(`${stage.url}/?name=Flo`);
    await conversation(flo, 'Town square').waitFor();
    doomed = (await client.conversations.query().chatRooms().find())[0]?.id;
    await client.close();
    await openConversation(flo, 'Town square');
    await flo.getByText('2 people here now').waitFor();
    expect(doomed).toBeUndefined();
  });

  it('[F-GEN-10] finds the sample people again after a restart, and what was said meanwhile answered', async () => {
    const eve = await stage.enter('Eve');
    await message(eve, 'I have added you to our hike group').waitFor();
    await stage.killServer();
    await eve.getByText('The server cannot be reached').waitFor();
    await say(eve, 'thanks');
    await stage.restartServer();
    await message(eve, /You are welcome|Any time/).waitFor();
    await eve.getByTestId('presence').getByText('online').waitFor();
    await say(eve, 'hello');
    await message(eve, /Nice to see you here|Hi there!/).waitFor();
  });
});
