import { type Actor, byWhom, isOperator } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId } from '../identifiers.ts';
import { type PartialResult, type Refusal, refusals } from '../membership/partial-result.ts';
import { roleOf } from '../membership/rules.ts';
import type { World } from '../world.ts';
import { moderate } from './moderate.ts';
import { mayActOn, requireGroup, requireModerator } from './rights.ts';

const MAX_SILENCED = 500;
/** Over REST the documents name both numbers for chat rooms (`rest §12`); the larger one refuses nobody wrongly. */
const MAX_SILENCED_BY_OPERATORS = 10_000;

/**
 * Takes the word from members, until it is given back (`semantics §5.3`). They still receive everything.
 *
 * @throws ImError CONVERSATION_NOT_FOUND, CONVERSATION_MEMBER_INFO_FEATURE_DISABLED, CONVERSATION_READ_ONLY,
 *   NORMAL_CONVERSATION_REQUIRED, CONVERSATION_MEMBERSHIP_REQUIRED, CONVERSATION_OPERATION_UNAUTHORIZED
 */
export function silenceMembers(
  world: World,
  actor: Actor,
  id: ConversationId,
  clients: readonly ClientId[],
): Promise<PartialResult> {
  return changeSilence(world, actor, id, 'members-silenced', (group) => {
    const wished = [...new Set(clients)];
    const unauthorized = wished.filter((client) => !mayActOn(group, actor, client));
    const strangers = wished.filter(
      (client) => group.kind === 'basic' && !unauthorized.includes(client) && !group.memberSet.has(client),
    );
    const allowed = wished.filter((client) => !unauthorized.includes(client) && !strangers.includes(client));
    const fresh = allowed.filter((client) => !group.silencedSet.has(client));
    const changed = fresh.slice(0, Math.max(0, limitOf(actor, group) - group.silenced.length));
    const full = fresh.slice(changed.length);
    return {
      silenced: [...group.silenced, ...changed],
      changed,
      succeeded: allowed.filter((client) => !full.includes(client)),
      refused: refusals(
        { reason: 'CONVERSATION_OPERATION_UNAUTHORIZED', clients: unauthorized },
        { reason: 'CONVERSATION_MEMBERSHIP_REQUIRED', clients: strangers },
        { reason: 'SILIENCED_MEMBER_LIST_FULL', clients: full },
      ),
    };
  });
}

/** Gives the word back. Refused like {@link silenceMembers}. */
export function unsilenceMembers(
  world: World,
  actor: Actor,
  id: ConversationId,
  clients: readonly ClientId[],
): Promise<PartialResult> {
  return changeSilence(world, actor, id, 'members-unsilenced', (group) => {
    const wished = [...new Set(clients)];
    const unauthorized = wished.filter((client) => !mayActOn(group, actor, client));
    const allowed = wished.filter((client) => !unauthorized.includes(client));
    return {
      silenced: group.silenced.filter((client) => !allowed.includes(client)),
      changed: allowed.filter((client) => group.silencedSet.has(client)),
      succeeded: allowed,
      refused: refusals({ reason: 'CONVERSATION_OPERATION_UNAUTHORIZED', clients: unauthorized }),
    };
  });
}

interface SilencePlan extends PartialResult {
  readonly silenced: readonly ClientId[];
  readonly changed: readonly ClientId[];
  readonly refused: readonly Refusal[];
}

async function changeSilence(
  world: World,
  actor: Actor,
  id: ConversationId,
  event: 'members-silenced' | 'members-unsilenced',
  plan: (group: Conversation) => SilencePlan,
): Promise<PartialResult> {
  const { conversation, moments, result } = await moderate(world, actor, id, (group) => {
    requireGroup(group);
    requireSwitch(actor, group);
    requireModerator(actor, group);
    const planned = plan(group);
    const { silenced, changed } = planned;
    return {
      change: {
        silenced,
        notices:
          changed.length > 0
            ? [{ to: [...group.members, ...changed], what: { event, clients: changed } }]
            : [],
      },
      result: planned,
    };
  });
  const [at] = moments;
  if (at !== undefined) {
    const fact = { app: actor.app.key, at, conversation, ...byWhom(actor), clients: result.changed };
    world.outbox.publish({ type: 'members-moderated', what: event, ...fact });
  }
  return result;
}

/** Without roles only the creator may, and everybody else learns that the feature is off. */
function requireSwitch(actor: Actor, group: Conversation): void {
  if (isOperator(actor) || actor.app.settings.memberRoles || roleOf(group, actor.client) === 'owner') return;
  throw new ImError('CONVERSATION_MEMBER_INFO_FEATURE_DISABLED', 'This app has no roles of members.');
}

function limitOf(actor: Actor, group: Conversation): number {
  return isOperator(actor) && group.kind === 'chat-room' ? MAX_SILENCED_BY_OPERATORS : MAX_SILENCED;
}
