import { createHmac } from 'node:crypto';

/** `{time},{HMAC-SHA1 of name and time}`, without which the PHP SDK refuses a call (`hooks-and-signatures §2.4`). */
export function signName(masterKey: string, name: string, now: number): string {
  return `${now},${createHmac('sha1', masterKey).update(`${name}:${now}`).digest('hex')}`;
}
