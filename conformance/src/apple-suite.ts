import type { SessionCommand } from '@parley/protocol';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { AppleClient, type AppleSdk, appleSdks } from './apple.ts';
import { uniqueId } from './suite.ts';
import { openTarget, type Target } from './target.ts';

/** The clients of the scenarios of one SDK. Their connections end after each test. */
export class AppleStage {
  readonly sdk: AppleSdk;
  readonly #target: () => Target;
  readonly #clients: AppleClient[] = [];

  constructor(sdk: AppleSdk, target: () => Target) {
    this.sdk = sdk;
    this.#target = target;
  }

  get target(): Target {
    return this.#target();
  }

  async login(id: string, session: SessionCommand = {}, on?: AppleClient): Promise<AppleClient> {
    const client = await AppleClient.open(this.target, this.sdk, id, session, on);
    this.#clients.push(client);
    return client;
  }

  /** Several clients with new ids, each on a device of its own. */
  logins<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ [Index in keyof Names]: AppleClient }> {
    return Promise.all(names.map((name) => this.login(uniqueId(name)))) as Promise<{
      [Index in keyof Names]: AppleClient;
    }>;
  }

  /** The same device after its network was away: it has a token and means to end nobody. */
  back(client: AppleClient, session: SessionCommand = {}): Promise<AppleClient> {
    return this.login(client.id, { r: true, st: client.token, ...session });
  }

  async clear(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }
}

/**
 * The scenarios of one theme, run in the frames of each SDK against one server.
 *
 * @example
 * appleSuite('sending', (stage) => {
 *   test('[F-MSG-16] a text arrives as it was sent', async () => { … });
 * });
 */
export function appleSuite(theme: string, scenarios: (stage: AppleStage) => void): void {
  let target: Target | undefined;
  beforeAll(async () => {
    target = await openTarget();
  });
  afterAll(() => target?.close());

  describe.each(appleSdks)(`${theme} with $name`, (sdk) => {
    const stage = new AppleStage(sdk, () => {
      if (target === undefined) throw new Error('The server under test has not started.');
      return target;
    });
    afterEach(() => stage.clear());
    scenarios(stage);
  });
}
