import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ImageMessage, type Message } from '../src/index.ts';
import { person, sendHomeAfterEach } from './support/people.ts';
import { until } from './support/until.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());
sendHomeAfterEach();

const PNG = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

describe('a file', () => {
  it.each([
    ['bytes', PNG, { name: 'dot.png', type: 'image/png', width: 1, height: 1 }],
    ['a file of the browser', new File([PNG], 'dot.png', { type: 'image/png' }), { width: 1, height: 1 }],
  ])('[F-MSG-66][F-GEN-05] is uploaded from %s and shown by others', async (_, data, options) => {
    const [tom, jerry] = await Promise.all(['Tom', 'Jerry'].map((name) => person(parley, name)));
    if (tom === undefined || jerry === undefined) throw new Error('Nobody came.');
    const progress: number[] = [];
    const file = await tom.client.files.upload(data, {
      ...options,
      onProgress: (each) => progress.push(each),
    });
    expect(progress.at(-1)).toBe(1);
    expect(file).toMatchObject({ name: 'dot.png', format: 'png', size: PNG.length, width: 1, height: 1 });
    const heard: Message[] = [];
    jerry.client.on('message', ({ message }) => heard.push(message));
    const chat = await tom.client.conversations.create({ members: ['Jerry'] });
    await chat.send(new ImageMessage(file, { text: 'a dot' }));
    await until(() => heard.length === 1);
    const [received] = heard;
    if (!(received instanceof ImageMessage)) throw new Error('It is no picture.');
    expect(received.file).toEqual(file);
    const response = await fetch(received.file.url);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
  });

  it('[F-MSG-66] is uploaded also where who shows the progress fails', async () => {
    const { client } = await person(parley, 'Tom');
    const passedOn: (() => void)[] = [];
    const file = await client.files.upload(PNG, {
      name: 'dot.png',
      onProgress() {
        vi.spyOn(globalThis, 'setTimeout').mockImplementationOnce((action) => {
          passedOn.push(action);
          return undefined as never;
        });
        throw new Error('There is no bar.');
      },
    });
    vi.restoreAllMocks();
    expect(file).toMatchObject({ name: 'dot.png', size: PNG.length });
    expect(passedOn[0]).toThrow('There is no bar.');
  });

  it('[F-MSG-66] whose upload is ended, or refused, is none', async () => {
    const { client, platform } = await person(parley, 'Tom');
    const upload = client.files.upload(PNG, { signal: AbortSignal.abort() });
    await expect(upload).rejects.toMatchObject({ reason: 'HTTP_FAILED' });
    const { http } = platform;
    platform.http = (request) =>
      request.method === 'PUT' ? Promise.resolve({ status: 413, body: '' }) : http(request);
    const refused = { reason: 'HTTP_FAILED', isPassing: false };
    await expect(client.files.upload(PNG)).rejects.toMatchObject(refused);
  });
});
