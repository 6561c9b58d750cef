import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { DataError } from '../errors.ts';

/** OWASP's minimum for Argon2id: 19 MiB and two passes take some 40 ms and cannot be hurried. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Computations at once; each keeps a core busy, and the rest of the server needs one too. */
const AT_ONCE = 2;
/** Beyond this, whoever comes would wait for seconds. */
const MAX_WAITING = 64;
const STORED = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=1\$([\w+/]+)\$([\w+/]+)$/;

/**
 * Hashes passwords with Argon2id, and compares with hashes made before. Bounded, because each takes time on purpose:
 * a flood of logins shall not take the server from those who chat.
 */
export class Passwords {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** As text in the format of the PHC, so that costs can be raised while older hashes go on working. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#inTurn(() => derive(password, salt, MEMORY_KIB, PASSES, HASH_BYTES));
    return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${encode(salt)}$${encode(hash)}`;
  }

  /** False for a stored text that is no hash. */
  async isSame(password: string, stored: unknown): Promise<boolean> {
    const match = typeof stored === 'string' ? STORED.exec(stored) : null;
    if (match === null) return false;
    const [, memory, passes, salt = '', hash = ''] = match;
    const expected = Buffer.from(hash, 'base64');
    const given = await this.#inTurn(() =>
      derive(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes), expected.length),
    );
    return timingSafeEqual(given, expected);
  }

  /** @throws DataError TOO_MANY_REQUESTS */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) {
        throw new DataError('TOO_MANY_REQUESTS', 'Too many are logging in right now; try again in a moment.');
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      // Whoever waits takes over the place.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

function derive(
  password: string,
  nonce: Buffer,
  memory: number,
  passes: number,
  tagLength: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parameters = { message: password, nonce, parallelism: 1, tagLength, memory, passes };
    argon2('argon2id', parameters, (error, hash) => (error === null ? resolve(hash) : reject(error)));
  });
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
