import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const SESSION_LIFETIME = 12 * 3600 * 1000;
const KEY_LENGTH = 32;

interface Account {
  readonly name: string;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * The accounts of the app, which has them already: replace this file by yours. Names are the client ids; without colons,
 * because signed lists are divided by them.
 */
export class Accounts {
  readonly #accounts = new Map<string, Account>();
  readonly #sessions = new Map<string, { readonly name: string; readonly until: number }>();

  async add(name: string, password: string): Promise<void> {
    if (!/^[\w-]{1,64}$/.test(name)) throw new Error(`"${name}" cannot be the name of an account.`);
    const salt = randomBytes(16);
    this.#accounts.set(name, { name, salt, hash: await hashOf(password, salt) });
  }

  has(name: string): boolean {
    return this.#accounts.has(name);
  }

  /** The token of a new session; `undefined` where name or password is wrong. */
  async logIn(name: string, password: string): Promise<string | undefined> {
    const account = this.#accounts.get(name);
    // For a name that does not exist, as much work: the time is not to tell which names do.
    const hash = await hashOf(password, account?.salt ?? Buffer.alloc(16));
    if (account === undefined || !timingSafeEqual(hash, account.hash)) return undefined;
    const token = randomBytes(24).toString('base64url');
    this.#sessions.set(token, { name, until: Date.now() + SESSION_LIFETIME });
    return token;
  }

  /** Whose session this is. */
  whose(token: string): string | undefined {
    const session = this.#sessions.get(token);
    if (session !== undefined && session.until > Date.now()) return session.name;
    this.#sessions.delete(token);
    return undefined;
  }

  /** Ends the sessions of somebody who is to be here no more. */
  block(name: string): void {
    this.#accounts.delete(name);
    for (const [token, session] of this.#sessions) if (session.name === name) this.#sessions.delete(token);
  }
}

function hashOf(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_LENGTH, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
