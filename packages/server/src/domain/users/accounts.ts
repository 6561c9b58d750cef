import type { Clock } from '../ports/clock.ts';
import { LoginAttempts } from './login-attempts.ts';
import { Passwords } from './passwords.ts';

/** What logging in with a password needs beside the store. */
export class Accounts {
  readonly passwords = new Passwords();
  readonly attempts: LoginAttempts;

  constructor(clock: Clock) {
    this.attempts = new LoginAttempts(clock);
  }
}
