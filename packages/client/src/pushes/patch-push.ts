import type { PatchItem } from '@parley/protocol/wire';
import type { Conversation } from '../conversations/conversation.ts';
import { type Core, tell } from '../core.ts';
import { isRecalled } from '../messages/message-parser.ts';

const REMEMBERED = 500;

/** At login the server tells a few edits again that were told before; an app hears each once. */
export class RecentPatches {
  readonly #times = new Map<string, number>();

  isNew({ mid = '', patchTimestamp = 0 }: PatchItem): boolean {
    if ((this.#times.get(mid) ?? -1) >= patchTimestamp) return false;
    this.#times.delete(mid);
    this.#times.set(mid, patchTimestamp);
    const [oldest] = this.#times.keys();
    if (this.#times.size > REMEMBERED && oldest !== undefined) this.#times.delete(oldest);
    return true;
  }
}

/** Somebody edited or recalled a message, or the server did. */
export function patchPushed(core: Core, conversation: Conversation, patch: PatchItem): void {
  const { positions } = core.session;
  positions.patches = Math.max(positions.patches ?? 0, patch.patchTimestamp ?? 0);
  const message = core.parser.fromPatch(patch);
  if (conversation.lastMessage?.id === message.id) conversation.applyMessage(message);
  const { id, timestamp, from } = message;
  const { clientId } = core.session;
  if (from !== clientId) {
    conversation.unreadCounter.changed({ id, timestamp, isMention: message.mentions(clientId) });
    conversation.applyUnread();
  }
  core.messages.news.emit('edited', { conversation, message });
  tell(core, conversation, isRecalled(message) ? 'messageRecalled' : 'messageEdited', { message });
}
