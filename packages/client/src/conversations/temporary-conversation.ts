import { Conversation } from './conversation.ts';

/** A conversation of up to ten clients that ends by itself, for example a customer's with an agent. */
export class TemporaryConversation extends Conversation {
  override readonly type = 'temporary';

  /** Fixed when it was made. */
  get members(): readonly string[] {
    return this.data.members;
  }

  get expiresAt(): Date | undefined {
    const { expiresAt } = this.data;
    return expiresAt === undefined ? undefined : new Date(expiresAt);
  }
}
