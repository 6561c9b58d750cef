import { describe, expect, it } from 'vitest';
import { cannotListen } from './cannot-listen.ts';
import { CannotListen } from './index.ts';
import { openGateway } from './testing/open-gateway.ts';

describe('a gateway that cannot listen', () => {
  it('says that the port is in use, and what to do', async () => {
    const { gateway } = await openGateway();
    const second = openGateway({ port: gateway.port });
    await expect(second).rejects.toBeInstanceOf(CannotListen);
    await expect(second).rejects.toMatchObject({
      reason: 'address-in-use',
      message: `Port ${gateway.port} on 127.0.0.1 is already in use. Stop the other program or set PORT to a free one.`,
    });
  });

  it.each(['192.0.2.1', 'no-such-host.invalid', 'not a host'])(
    'says that %s is not its address',
    async (host) => {
      await expect(openGateway({ host })).rejects.toMatchObject({
        reason: 'bad-host',
        message: `${host} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0 for all.`,
      });
    },
  );

  it('says that a number is no port', async () => {
    await expect(openGateway({ port: 70_000 })).rejects.toMatchObject({
      reason: 'bad-port',
      message: '70000 is not a port number. Set PORT to a number from 1 to 65535.',
    });
  });

  // Root may listen anywhere, so the refusal cannot be provoked everywhere tests run.
  it('says that a port is reserved', () => {
    const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    expect(cannotListen('0.0.0.0', 80, error)).toMatchObject({
      reason: 'not-permitted',
      message: 'This user may not listen on port 80. Set PORT to 1024 or above, or grant the permission.',
    });
  });
});

describe('the address of a gateway', () => {
  it.each([
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['localhost', /^http:\/\/localhost:\d+$/],
  ])('listening on %s can be connected to from here', async (host, url) => {
    const { gateway } = await openGateway({ host });
    expect(gateway.url).toMatch(url);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});
