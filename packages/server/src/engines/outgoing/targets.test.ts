import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allowedTargets, connectTo } from './targets.ts';

const PRIVATE = [
  '127.0.0.1',
  '10.1.2.3',
  '172.20.0.1',
  '192.168.1.1',
  '::1',
  'fd12::1',
  '0.0.0.0',
  '::',
  '100.64.1.1',
];
const LINK = ['169.254.169.254', 'fe80::1'];
const PUBLIC = ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '223.255.255.1'];

describe('where hooks and webhooks may go', () => {
  it.each([
    [false, [], [...PRIVATE, ...LINK]],
    [true, PRIVATE, LINK],
    [
      ['10.0.0.0/8', 'loopback'],
      ['10.1.2.3', '127.0.0.1', '::1'],
      ['192.168.1.1', 'fd12::1', ...LINK],
    ],
    [['169.254.169.254'], ['169.254.169.254'], ['169.254.169.253', '10.1.2.3']],
  ] as const)('[F-HOOK-08] with %j allowed', (allowed, open, closed) => {
    const targets = allowedTargets(allowed);
    for (const address of [...PUBLIC, ...open]) expect([address, targets(address)]).toEqual([address, true]);
    for (const address of closed) expect([address, targets(address)]).toEqual([address, false]);
  });

  it('[F-HOOK-08] sees through IPv4 addresses written as IPv6', () => {
    const targets = allowedTargets(false);
    for (const address of ['::ffff:127.0.0.1', '::ffff:a01:203', '64:ff9b::a01:203']) {
      expect([address, targets(address)]).toEqual([address, false]);
    }
  });

  it('[F-HOOK-08] is decided by the address that is connected to, whatever its name', async () => {
    const server = createServer((_request, response) => response.end('inside'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
      const url = `http://${host}:${port}/`;
      const closed = new Agent({ connect: connectTo(allowedTargets(false)) });
      await expect(request(url, { dispatcher: closed })).rejects.toMatchObject({ name: 'TargetRefused' });
      const open = new Agent({ connect: connectTo(allowedTargets(['loopback'])) });
      expect(await (await request(url, { dispatcher: open })).body.text()).toBe('inside');
      await Promise.all([closed.close(), open.close()]);
    }
  });
});
