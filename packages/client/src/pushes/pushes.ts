import { CommandType, type GenericCommand } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import { typeOf } from '../conversations/conversation-data.ts';
import type { Core } from '../core.ts';
import { callSafely } from '../events.ts';
import { RecentIds } from '../messages/recent-ids.ts';
import { conversationPushed } from './conversation-push.ts';
import { directPushed } from './direct-push.ts';
import { patchPushed, RecentPatches } from './patch-push.ts';
import { receiptPushed } from './receipt-push.ts';
import { unreadPushed } from './unread-push.ts';

type Action = (conversation: Conversation) => void;

/** Makes news of what the server pushes, in the order it was pushed within each conversation. */
export class Pushes {
  readonly #core: Core;
  readonly #recentPatches = new RecentPatches();
  /** Some are pushed and are among what was missed, too. */
  readonly #recentEvents = new RecentIds();
  /** What waits until more is known of its conversation than its id. */
  readonly #waiting = new Map<string, Action[]>();

  constructor(core: Core) {
    this.#core = core;
  }

  handle(command: GenericCommand): void {
    const { positions } = this.#core.session;
    if (command.notificationType === 1 && command.serverTs !== undefined) {
      if (!this.#recentEvents.isNew(nameOfEvent(command))) return;
      positions.events = Math.max(positions.events ?? 0, command.serverTs);
    }
    for (const { cid, convType, action } of this.#actionsOf(command))
      this.#withConversation(cid, convType, action);
  }

  #actionsOf(
    command: GenericCommand,
  ): readonly { cid: string; convType?: number | undefined; action: Action }[] {
    const core = this.#core;
    const { cmd, directMessage, unreadMessage, rcpMessage, patchMessage, convMessage } = command;
    if (cmd === CommandType.direct && directMessage?.cid !== undefined) {
      const { cid, convType } = directMessage;
      return [{ cid, convType, action: (conversation) => directPushed(core, conversation, directMessage) }];
    }
    if (cmd === CommandType.unread && unreadMessage !== undefined) {
      const { convs = [], notifTime = 0 } = unreadMessage;
      const { positions } = core.session;
      positions.unread = Math.max(positions.unread ?? 0, notifTime);
      return convs.map((tuple) => ({
        cid: tuple.cid ?? '',
        convType: tuple.convType,
        action: (conversation) => unreadPushed(core, conversation, tuple, notifTime),
      }));
    }
    if (cmd === CommandType.patch) {
      return (patchMessage?.patches ?? [])
        .filter((patch) => this.#recentPatches.isNew(patch))
        .map((patch) => ({
          cid: patch.cid ?? '',
          action: (conversation) => patchPushed(core, conversation, patch),
        }));
    }
    if (cmd === CommandType.rcp && rcpMessage?.cid !== undefined) {
      return [
        { cid: rcpMessage.cid, action: (conversation) => receiptPushed(core, conversation, rcpMessage) },
      ];
    }
    if (cmd === CommandType.conv && convMessage?.cid !== undefined) {
      const convType = convMessage.tempConv === true ? 4 : undefined;
      const { cid } = convMessage;
      return [{ cid, convType, action: (conversation) => conversationPushed(core, conversation, command) }];
    }
    return [];
  }

  #withConversation(id: string, type: number | undefined, action: Action): void {
    const { conversations } = this.#core;
    const known = conversations.known(id);
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) waiting.push(action);
    else if (known !== undefined) callSafely(() => action(known));
    else {
      const actions = [action];
      this.#waiting.set(id, actions);
      conversations
        .loadSoon(id)
        // What was said is worth more than knowing where.
        .catch(() => {})
        .then(() => {
          this.#waiting.delete(id);
          const conversation = conversations.placeholder(id, typeOf(type, id));
          for (const each of actions) callSafely(() => each(conversation));
        });
    }
  }
}

/** The same however it is told. */
function nameOfEvent({ serverTs, op, convMessage, rcpMessage }: GenericCommand): string {
  const { cid, m, info } = convMessage ?? {};
  return JSON.stringify([serverTs, op, cid, m, info?.pid, rcpMessage?.id, rcpMessage?.from]);
}
