import { vi } from 'vitest';

/** Resolves once `condition` holds; a test fails that waits for it in vain. */
export function until(condition: () => boolean, timeout = 10_000): Promise<void> {
  return vi.waitUntil(condition, { timeout, interval: 2 }).then(() => {});
}
