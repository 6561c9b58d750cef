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
/** Where clouds hand out credentials, in every way to write them. */
const GUARDED = [
  '169.254.169.254',
  '169.254.170.2',
  'fe80::1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
  'fd00:42::42',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '64:ff9b::6464:64c8',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:100.100.100.200',
];
const PUBLIC = ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '223.255.255.1', '64:ff9b::808:808'];

describe('where hooks and webhooks may go', () => {
  it.each([
    [false, [], [...PRIVATE, ...GUARDED]],
    [true, PRIVATE, GUARDED],
    [
      ['10.0.0.0/8', 'loopback'],
      ['10.1.2.3', '127.0.0.1', '::1'],
      ['192.168.1.1', 'fd12::1', ...GUARDED],
    ],
    [['169.254.169.254'], ['169.254.169.254', '64:ff9b::a9fe:a9fe'], ['169.254.169.253', '10.1.2.3']],
    [['linklocal'], ['169.254.169.254', 'fe80::1'], ['100.100.100.200', '10.1.2.3']],
    [['fd00:ec2::254'], ['fd00:ec2::254'], ['fd00:ec2::253']],
    [['uniquelocal', '100.64.0.0/10', '0.0.0.0/0', '::/0'], [...PRIVATE, '64:ff9b::a01:203'], GUARDED],
  ] as const)('[F-HOOK-08] with %j allowed', (allowed, open, closed) => {
    const targets = allowedTargets(allowed);
    for (const address of [...PUBLIC, ...open]) expect([address, targets(address)]).toEqual([address, true]);
    for (const address of closed) expect([address, targets(address)]).toEqual([address, false]);
  });

  it('[F-HOOK-08] sees through IPv4 addresses written as IPv6', () => {
    const targets = allowedTargets(false);
    for (const address of [
      '::ffff:127.0.0.1',
      '::ffff:a01:203',
      '64:ff9b::a01:203',
      '64:ff9b:1::808:808',
      '::a01:203',
      '2002:a01:203::1',
    ]) {
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
