import type { Parley } from '@parley/testkit';
import { afterEach } from 'vitest';
import { type Client, type ClientSettings, Connection, createClient } from '../../src/index.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

export interface Person {
  readonly client: Client;
  readonly platform: TestPlatform;
}

const everybody: Client[] = [];

/** Logs somebody in on a device of their own; after the test they are gone. */
export async function person(
  parley: Parley,
  clientId: string,
  options: Partial<ClientSettings> & { platform?: TestPlatform } = {},
): Promise<Person> {
  const { platform = testPlatform(), ...session } = options;
  const connection = new Connection({
    url: parley.url,
    appId: parley.appId,
    appKey: parley.appKey,
    platform,
  });
  const client = createClient({ connection, clientId, ...session });
  everybody.push(client);
  await client.whenOpen();
  return { client, platform };
}

export function sendHomeAfterEach(): void {
  afterEach(async () => {
    await Promise.all(everybody.splice(0).map((client) => client.close()));
  });
}
