import { type Parley, startParley, type TestClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../src/rest/index.ts';
import { chatRooms } from './examples/chat-rooms.ts';
import { clients } from './examples/clients.ts';
import { conversations } from './examples/conversations.ts';
import { data } from './examples/data.ts';
import { replay, type Script, type Stage } from './examples/example.ts';
import { legacy } from './examples/legacy.ts';
import { services } from './examples/services.ts';

let parley: Parley;
let stage: Stage;
beforeAll(async () => {
  parley = await startParley();
  stage = { parley, known: new Map(), devices: new Map<string, TestClient>() };
});
afterAll(async () => {
  for (const device of stage.devices.values()) await device.terminate();
  await parley.close();
});

const sections: readonly (readonly [string, Script])[] = [
  ['basic conversations', conversations],
  ['chat rooms', chatRooms],
  ['service conversations and broadcasts', services],
  ['clients, the whole app and SDKs', clients],
  ['version 1.1', legacy],
  ['the data API', data],
];

// In their order, because later examples are about what earlier ones made.
describe.each(sections)('the examples of %s', (_section, script) => {
  for (const step of script) {
    if ('scene' in step) it(step.scene, () => step.play(stage));
    else it(`[F-GEN-11] ${step.at} ${step.send}`, () => replay(stage, step));
  }
});

/** What the service being replaced does not have; the guides tell of it. */
const OURS = /^\/1\.2\/rtm\/(webhooks|keywords|banned-clients|audit|clients\/:clientId\/ban)\b/;

describe('the examples', () => {
  it('show every route that the service being replaced has', () => {
    const shown = sections
      .flatMap(([, script]) => script)
      .flatMap((step) => ('scene' in step ? [] : [step.send.replaceAll(/<[^>]+>/g, 'x').replace(/\/$/, '')]));
    const missing = routes
      .filter(({ path }) => !OURS.test(path))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => {
        const pattern = new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
        return !shown.some((sent) => pattern.test(sent));
      });
    expect(missing).toEqual([]);
  });
});
