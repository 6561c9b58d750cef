import { OpType } from '@parley/protocol/wire';
import { parseObject } from '../json.ts';
import { Conversation } from './conversation.ts';
import { readPartialResult, throwFirstFailure } from './partial-result.ts';

/** An official account or a bot: it speaks to its subscribers, and what they say goes to the app's server. */
export class ServiceConversation extends Conversation {
  override readonly type = 'service';

  get isSubscribed(): boolean {
    return this.data.isSubscribed;
  }

  async subscribe(): Promise<void> {
    throwFirstFailure(readPartialResult(await this.#member(OpType.add, 'invite')));
    this.apply({ isSubscribed: true });
  }

  async unsubscribe(): Promise<void> {
    throwFirstFailure(readPartialResult(await this.#member(OpType.remove, 'kick')));
    this.apply({ isSubscribed: false });
  }

  /** Asks the server whether this client subscribes. */
  async fetchSubscription(): Promise<boolean> {
    const { results } = await this.ask(OpType.is_member, { cid: undefined, cids: [this.id] });
    const isSubscribed = parseObject(results?.data)?.[this.id] === true;
    this.apply({ isSubscribed });
    return isSubscribed;
  }

  async #member(op: number, action: 'invite' | 'kick') {
    const { session } = this.core;
    const members = [session.clientId];
    const operation = { action, clientId: session.clientId, conversationId: this.id, members };
    return this.request(op, { m: members, ...(await session.sign(operation)) });
  }
}
