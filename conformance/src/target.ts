/** The server under test. */
export interface Target {
  /** Where its HTTP side is, without a slash at the end. */
  readonly url: string;
  readonly wsUrl: string;
  readonly appId: string;
  readonly appKey: string;
  readonly masterKey: string;
  close(): Promise<void>;
}

/**
 * The server named by `PARLEY_TARGET_URL`, or else a fresh Parley of this repository.
 */
export async function openTarget(): Promise<Target> {
  const url = process.env.PARLEY_TARGET_URL?.replace(/\/+$/, '');
  if (url === undefined || url === '') {
    const { startParley } = await import('@parley/testkit');
    return startParley();
  }
  const appId = required('PARLEY_TARGET_APP_ID');
  return {
    url,
    wsUrl: await discover(url, appId),
    appId,
    appKey: required('PARLEY_TARGET_APP_KEY'),
    masterKey: process.env.PARLEY_TARGET_MASTER_KEY ?? '',
    close: async () => {},
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} must be set together with PARLEY_TARGET_URL.`);
  return value;
}

/** Asks the server for its WebSocket address, as an SDK does. */
async function discover(url: string, appId: string): Promise<string> {
  const secure = url.startsWith('https:');
  const response = await fetch(`${url}/v1/route?appId=${encodeURIComponent(appId)}&secure=${secure}`);
  if (!response.ok) throw new Error(`${url}/v1/route answered ${response.status}.`);
  const { server } = (await response.json()) as { server: string };
  return server;
}
