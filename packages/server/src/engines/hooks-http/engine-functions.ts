import type { EngineCaller } from './call-engine.ts';

/** An engine that is deployed anew may have other hooks. */
const ASK_AGAIN_AFTER_MS = 60_000;
/** While it does not answer, it is probably just starting. */
const TRY_AGAIN_AFTER_MS = 5_000;

/**
 * Which functions an engine has: those the app names, or what the engine says itself, asked again and again. A
 * function it does not have is never called, because every message would end in an error of the engine.
 */
export class EngineFunctions {
  readonly #caller: Pick<EngineCaller, 'list'>;
  readonly #isNamed: boolean;
  readonly #changed: () => void;
  readonly #askedOnce = Promise.withResolvers<void>();
  #names: ReadonlySet<string>;
  #isKnown: boolean;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * @param named empty: ask the engine
   * @param before those of the engine that was there before, which probably are this one's until it says so
   */
  constructor(
    caller: Pick<EngineCaller, 'list'>,
    named: readonly string[],
    before: EngineFunctions | undefined,
    changed: () => void,
  ) {
    this.#caller = caller;
    this.#isNamed = named.length > 0;
    this.#names = this.#isNamed || before === undefined ? new Set(named) : before.#names;
    this.#isKnown = this.#isNamed || before?.isKnown === true;
    this.#changed = changed;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** False as long as the engine has never said what it has: any hook may be one that has something against it. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Once the engine has said what it has, or failed to for the first time. */
  get askedOnce(): Promise<void> {
    return this.#askedOnce.promise;
  }

  start(failed: (error: unknown) => void): void {
    if (this.#isNamed) this.#askedOnce.resolve();
    else void this.#ask(failed);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #ask(failed: (error: unknown) => void): Promise<void> {
    let next = ASK_AGAIN_AFTER_MS;
    try {
      this.#names = new Set(await this.#caller.list());
      this.#isKnown = true;
      if (!this.#stopped) this.#changed();
    } catch (error) {
      // What was known stays known.
      next = TRY_AGAIN_AFTER_MS;
      if (!this.#stopped) failed(error);
    }
    this.#askedOnce.resolve();
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#ask(failed), next);
    this.#timer.unref();
  }
}
