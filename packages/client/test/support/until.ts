import { vi } from 'vitest';

/** On a busy machine everything takes its time. */
export const PATIENCE = 20_000;

/** Resolves once `condition` holds; a test fails that waits for it in vain. */
export function until(condition: () => boolean, timeout = PATIENCE): Promise<void> {
  return vi.waitUntil(condition, { timeout, interval: 2 }).then(() => {});
}
