import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../domain/app/app.ts';
import { HookFailed } from '../../domain/ports/hooks.ts';
import { EngineCaller } from './call-engine.ts';
import { HttpHooks } from './index.ts';

const PATIENT = { timeout: 20_000 };

/** Requests that have come and are not answered, by the name of the function. */
let open: { readonly name: string; readonly response: ServerResponse }[] = [];
const server = createServer((request, response) => {
  open.push({ name: request.url?.split('/').at(-1) ?? '', response });
});
beforeEach(async () => {
  open = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function come(...names: readonly string[]): Promise<void> {
  await expect.poll(() => open.map(({ name }) => name), PATIENT).toEqual(names);
}
function answerOldest(result: unknown): void {
  open.shift()?.response.end(JSON.stringify({ result }));
}

function appWith(changes: Partial<App['settings']['engine']>): App {
  const engine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hookKey: '',
    hooks: [],
    legacySign: true,
    timeoutMs: 60_000,
    notifyTimeoutMs: 60_000,
    maxInFlight: 8,
    ...changes,
  };
  return { key: 1, id: 'app', appKey: 'key', masterKey: 'master', settings: { engine } } as unknown as App;
}

describe('an engine that is called no more', () => {
  const call = { name: '_messageSent', parameters: {} };

  it('[F-HOOK-11] ends what was begun, also what waits for its turn', async () => {
    const caller = new EngineCaller(appWith({ maxInFlight: 1 }), () => true);
    const told = Promise.all([caller.tell(call), caller.tell(call)]);
    await come('_messageSent');
    const closed = caller.close(60_000);
    answerOldest(null);
    await come('_messageSent');
    answerOldest(null);
    await told;
    await closed;
  });

  it('[F-HOOK-11] is not waited for without end', async () => {
    const caller = new EngineCaller(appWith({ maxInFlight: 1 }), () => true);
    const told = Promise.allSettled([caller.tell(call), caller.tell(call)]);
    await come('_messageSent');
    await caller.close(0);
    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('an engine that cannot follow', () => {
  it('[F-HOOK-11] is told what is newest: the oldest of 10,000 that wait is lost, and counted', async () => {
    const caller = new EngineCaller(appWith({ maxInFlight: 1 }), () => true);
    const tell = (name: string) => {
      const told = caller.tell({ name, parameters: {} });
      told.catch(() => {});
      return told;
    };
    void tell('running');
    const oldest = tell('oldest');
    for (let waiting = 1; waiting < 10_000; waiting++) void tell('more');
    expect([caller.waiting, caller.counters.dropped]).toEqual([10_000, 0]);
    void tell('newest');
    await expect(oldest).rejects.toThrow(HookFailed);
    expect([caller.waiting, caller.counters.dropped]).toEqual([10_000, 1]);
    await caller.close(0);
  });
});

describe('the engine of an app', () => {
  function start(app: App) {
    let current = app;
    const apps = { find: () => current, byKey: () => current, list: () => [current], whenChanged: () => {} };
    const whereabouts = { presence: {} as never, rooms: {} as never };
    const hooks = new HttpHooks({ apps, whereabouts, targets: () => true, failed: () => {} });
    void hooks.start([app]);
    return {
      hooks,
      change(engine: Parameters<typeof appWith>[0]) {
        current = appWith(engine);
        void hooks.changed(current);
        return current;
      },
      current: () => current,
      asked: () => Object.keys(hooks.before(current) ?? {}),
    };
  }

  it('[F-HOOK-09] that is set up anew has the hooks of the one before until it says what it has', async () => {
    const { hooks, change, asked } = start(appWith({}));
    await come('metadatas');
    answerOldest(['_messageReceived']);
    await expect.poll(asked, PATIENT).toEqual(['messageReceived']);
    change({ hookKey: 'another' });
    expect(asked()).toEqual(['messageReceived']);
    await come('metadatas');
    answerOldest(['_conversationAdd']);
    await expect.poll(asked, PATIENT).toEqual(['conversationAdd']);
    change({ hooks: ['_messageUpdate'] });
    expect(asked()).toEqual(['messageUpdate']);
    await hooks.close();
  });

  it('[F-HOOK-02] that has never said what it has counts as failed, and is asked for nothing', async () => {
    const { hooks, current, asked } = start(appWith({}));
    await come('metadatas');
    expect(asked()).toHaveLength(8);
    const message = hooks.before(current())?.messageReceived;
    await expect(message?.({ conversation: {}, body: 'hello' } as never)).rejects.toThrow(HookFailed);
    await come('metadatas');
    answerOldest(['_conversationAdd']);
    await expect.poll(asked, PATIENT).toEqual(['conversationAdd']);
    await hooks.close();
  });

  it('[F-HOOK-09] that is taken away is not asked again what it has', async () => {
    const { hooks, change } = start(appWith({}));
    await come('metadatas');
    expect([...hooks.status()]).toHaveLength(1);
    change({ url: '' });
    expect([...hooks.status()]).toEqual([]);
    // Its last question ended with it.
    await expect.poll(() => open[0]?.response.destroyed, PATIENT).toBe(true);
    await hooks.close();
  });

  it('[F-HOOK-09] that is set up later is asked at once what it has', async () => {
    const { hooks, change } = start(appWith({ url: '' }));
    change({});
    await come('metadatas');
    await hooks.close();
  });
});
