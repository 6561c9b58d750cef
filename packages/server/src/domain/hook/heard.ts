import type { App } from '../app/app.ts';
import { HookFailed } from '../ports/hooks.ts';

/** What a hook says, or what `failed` makes of its failure. */
export async function heard<Answer, Otherwise>(
  ask: () => Promise<Answer>,
  failed: (failure: HookFailed) => Otherwise,
): Promise<Answer | Otherwise> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof HookFailed) return failed(error);
    throw error;
  }
}

/**
 * What a hook says: nothing where it fails, unless the app wants the operation to fail with it (F-HOOK-02).
 *
 * @param strictly what that means for this operation
 */
export function heardIfAnything<Answer>(
  app: App,
  ask: () => Promise<Answer>,
  strictly: (failure: HookFailed) => Answer,
): Promise<Answer | undefined> {
  return heard(ask, (failure) => (app.settings.abortOnHookFailure ? strictly(failure) : undefined));
}
