import { OpType } from '@parley/protocol/wire';
import { ManagedConversation } from './managed-conversation.ts';

/** For any number of people who are here now; a client is in one room at a time. */
export class ChatRoom extends ManagedConversation {
  override readonly type = 'chatRoom';

  override async join(): Promise<void> {
    await super.join();
    this.core.conversations.room = this;
  }

  override async quit(): Promise<void> {
    await super.quit();
    if (this.core.conversations.room === this) this.core.conversations.room = undefined;
  }

  /** How many clients are in the room now. */
  async countOnline(): Promise<number> {
    return (await this.ask(OpType.count)).count ?? 0;
  }

  /** Some of those who are in the room now, at random; 50 at most. */
  async onlineMembers(limit = 50): Promise<readonly string[]> {
    return (await this.ask(OpType.members, { limit })).m ?? [];
  }
}
