import { type Actor, isUnhooked } from '../actor.ts';
import { type ErrorReason, ImError } from '../errors.ts';
import type { BeforeHooks, Explanation } from '../ports/hooks.ts';
import type { World } from '../world.ts';
import { heardIfAnything } from './heard.ts';

type Refusal = Extract<
  ErrorReason,
  'MESSAGE_REJECTED_BY_APP' | 'MESSAGE_UPDATE_REJECTED_BY_APP' | 'CONVERSATION_REJECTED_BY_APP'
>;

/** The hooks that have a say in what somebody does; those of an engine do not in what they themselves ask over REST. */
export function hooksFor(world: World, actor: Actor): BeforeHooks | undefined {
  return isUnhooked(actor) ? undefined : world.hooks.before(actor.app);
}

/** Waits for what a hook says about what a client wants. @throws ImError with the given reason */
export function consult<Answer>(
  actor: Actor,
  reason: Refusal,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  return heardIfAnything(actor.app, ask, () => {
    throw new ImError(reason, HOOK_CALL_FAILED, { appMsg: HOOK_CALL_FAILED });
  });
}

const HOOK_CALL_FAILED = 'HOOK_CALL_FAILED';

/** The refusal as clients see it, with the code and the words of the app. */
export function refusedByApp(reason: Refusal, { code, detail }: Explanation): ImError {
  return new ImError(reason, detail, {
    ...(code !== undefined && { appCode: code }),
    ...(detail !== undefined && { appMsg: detail }),
  });
}
