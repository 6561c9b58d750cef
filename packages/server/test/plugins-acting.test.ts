import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CommandType, OpType } from '@parley/protocol';
import { type Parley, startParley, TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv, history, say, startConversation } from './flow.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./plugins/${name}.ts`, import.meta.url));

let folder: string;
let parley: Parley;
let tom: TestClient;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-plugins-'));
  parley = await startParley({
    otherApps: ['another-app-id'],
    plugins: [
      { path: fixture('talkative'), apps: ['parley-test-app-id'] },
      // Writes down what it is asked and told, in all apps.
      { path: fixture('obedient'), options: { file: join(folder, 'lines'), prefix: 'do: ' } },
    ],
  });
  tom = await TestClient.open(parley, 'Tom');
});
afterAll(async () => {
  await tom.close();
  await parley.close();
  await rm(folder, { recursive: true, force: true });
});

async function answerTo(text: string, members: readonly string[] = ['Tom', 'Jerry']): Promise<string> {
  const cid = await startConversation(tom, {
    m: [...members],
    unique: false,
    attr: { data: '{"name":"x"}' },
  });
  await say(tom, cid, text);
  const { directMessage } = await tom.push(CommandType.direct);
  return JSON.parse(directMessage?.msg ?? '{}')._lctext;
}

describe('a plug-in that acts', () => {
  it('[F-MOD-02] speaks in a conversation it is no member of, and nobody answers it', async () => {
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'], unique: false });
    await say(tom, cid, 'hello');
    const { directMessage } = await tom.push(CommandType.direct);
    expect(directMessage).toMatchObject({ fromPeerId: 'bot', cid, msg: '{"_lctype":-1,"_lctext":"hello?"}' });
    await say(tom, cid, 'again');
    await tom.push(CommandType.direct);
    expect(await history(tom, cid)).toHaveLength(4);
    const noted = await readFile(join(folder, 'lines'), 'utf8');
    const about = noted.split('\n').filter((line) => line.includes(cid));
    expect(about.filter((line) => line.includes('"messageReceived"'))).toHaveLength(2);
    expect(about.some((line) => line.includes('hello?'))).toBe(false);
  });

  it('[F-SYS-02] lets a service answer who asked it', async () => {
    const response = await fetch(`${parley.url}/1.2/rtm/service-conversations`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-lc-id': parley.appId,
        'x-lc-key': `${parley.masterKey},master`,
      },
      body: '{"name":"desk"}',
    });
    const { objectId: service } = (await response.json()) as { objectId: string };
    await say(tom, service, 'is anybody there');
    const { directMessage } = await tom.push(CommandType.direct);
    expect(directMessage).toMatchObject({ fromPeerId: 'desk', cid: service, msg: 'is anybody there?' });

    await conv(tom, OpType.add, { cid: service, m: ['Tom'] });
    await say(tom, service, 'say it and take it back');
    for (let n = 0; n < 2; n++) {
      const { patchMessage } = await tom.push(CommandType.patch);
      expect(patchMessage?.patches).toMatchObject([{ cid: service, from: 'desk', recall: true }]);
    }
    tom.inbox.length = 0;
    await say(tom, service, 'take it back');
    await expect.poll(async () => (await history(tom, service)).at(-1)).toBe('{"_lctype":-127}');
    tom.inbox.length = 0;
  });

  it('[F-MOD-02] learns who is in a conversation, and of none what there is not', async () => {
    expect(JSON.parse(await answerTo('who is here'))).toEqual([
      ['Tom', 'Jerry'],
      'Tom',
      { name: 'x', checked: true },
    ]);
    expect(await answerTo('look for nothing')).toBe('undefined');
  });

  it('[F-MSG-32] takes a message back in the name of its sender', async () => {
    const cid = await startConversation(tom, { m: ['Tom', 'Jerry'], unique: false });
    await say(tom, cid, 'take it back');
    await expect.poll(() => history(tom, cid)).toEqual(['{"_lctype":-127}']);
  });

  it('is told what it cannot do, with the code that clients know', async () => {
    expect(await answerTo('send nowhere')).toBe('4401: There is no conversation nowhere.');
    expect(await answerTo('send nonsense')).toMatch(/^undefined: .*"conversation" must be a text/);
    expect(await answerTo('the other app')).toBe('undefined: There is no app no-such-app.');
  });

  it('cannot ask for more than the server can bear at a time', async () => {
    expect(await answerTo('flood')).toMatch(/1000 actions are under way already/);
  });

  it('[F-MOD-02] is asked in the apps it is for, and in no other', async () => {
    const other = { ...parley, appId: 'another-app-id' };
    const spike = await TestClient.open(other, 'Spike');
    const cid = await startConversation(spike, { m: ['Spike', 'Tyke'] });
    expect((await say(spike, cid, 'do: drop')).ackMessage?.code).toBe(4402);
    await say(spike, cid, 'hello');
    await conv(spike, OpType.mute, { cid });
    await expect
      .poll(async () => (await readFile(join(folder, 'lines'), 'utf8')).includes('"content":"hello"'))
      .toBe(true);
    expect(await history(spike, cid)).toEqual(['hello']);
    await spike.close();
  });
});

describe('a plug-in beside the engine of the app', () => {
  it('[F-HOOK-03] is asked about what the engine left, and has the last word', async () => {
    const seen: string[] = [];
    const engine = createServer(async (request, response) => {
      const { content } = (await json(request)) as { content: string };
      seen.push(content);
      const result =
        content === 'refuse' ? { drop: true, code: 1 } : { content: content.replace('please ', '') };
      response.end(JSON.stringify({ result }));
    });
    await once(engine.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
    const hooks = { hookKey: 'key', hooks: ['_messageReceived'], legacySign: true };
    await parley.apps.changeSettings(parley.appId, {
      engine: { url, ...hooks, timeoutMs: 5000, notifyTimeoutMs: 5000, maxInFlight: 8 },
    });
    try {
      const cid = await startConversation(tom, { m: ['Tom', 'Jerry'], unique: false });
      expect((await say(tom, cid, 'refuse')).ackMessage).toMatchObject({ code: 4402, appCode: 1 });
      expect((await say(tom, cid, 'please do: drop')).ackMessage).toMatchObject({ code: 4402, appCode: 7 });
      await say(tom, cid, 'please do: rewrite');
      await say(tom, cid, 'please wait');
      expect((await history(tom, cid)).filter((text) => !text.includes('?'))).toEqual(['rewritten', 'wait']);
      expect(seen).toEqual(['refuse', 'please do: drop', 'please do: rewrite', 'please wait']);
      const noted = await readFile(join(folder, 'lines'), 'utf8');
      const asked = noted
        .split('\n')
        .filter((line) => line.includes(cid) && line.includes('"messageReceived"'))
        .map((line) => JSON.parse(line).input.content);
      expect(asked).toEqual(['do: drop', 'do: rewrite', 'wait']);
    } finally {
      await parley.apps.changeSettings(parley.appId, { engine: null });
      engine.close();
      engine.closeAllConnections();
    }
  });
});
