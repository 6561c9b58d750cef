import { type Actor, isUnhooked } from '../actor.ts';
import { type ErrorReason, ImError } from '../errors.ts';
import { type BeforeHooks, type Explanation, HookFailed } from '../ports/hooks.ts';
import type { World } from '../world.ts';

type Refusal = Extract<
  ErrorReason,
  'MESSAGE_REJECTED_BY_APP' | 'MESSAGE_UPDATE_REJECTED_BY_APP' | 'CONVERSATION_REJECTED_BY_APP'
>;

/** The hooks that have a say in what somebody does; those of an engine do not in what they themselves ask over REST. */
export function hooksFor(world: World, actor: Actor): BeforeHooks | undefined {
  return isUnhooked(actor) ? undefined : world.hooks.before(actor.app);
}

/**
 * Waits for what a hook says. A hook that fails has said nothing, unless the app wants the operation to fail with it
 * (F-HOOK-02).
 *
 * @throws ImError with the given reason
 */
export async function consult<Answer>(
  actor: Actor,
  reason: Refusal,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof HookFailed)) throw error;
    if (!actor.app.settings.abortOnHookFailure) return undefined;
    throw new ImError(reason, HOOK_CALL_FAILED, { appMsg: HOOK_CALL_FAILED });
  }
}

const HOOK_CALL_FAILED = 'HOOK_CALL_FAILED';

/** The refusal as clients see it, with the code and the words of the app. */
export function refusedByApp(reason: Refusal, { code, detail }: Explanation): ImError {
  return new ImError(reason, detail, {
    ...(code !== undefined && { appCode: code }),
    ...(detail !== undefined && { appMsg: detail }),
  });
}
