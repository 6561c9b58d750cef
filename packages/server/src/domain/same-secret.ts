import { timingSafeEqual } from 'node:crypto';

/** In a time that says nothing about where two secrets differ. How long a secret is, is no secret. */
export function isSameSecret(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
