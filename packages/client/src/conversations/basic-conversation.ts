import { OpType } from '@parley/protocol/wire';
import { ManagedConversation } from './managed-conversation.ts';
import type { PartialResult } from './partial-result.ts';

/** How far one other member is. Times in milliseconds: everything sent before is delivered, or read. */
export interface MemberReceipt {
  readonly clientId: string;
  readonly deliveredAt: number | undefined;
  readonly readAt: number | undefined;
}

/** A conversation of two people or a group; its members are kept, and get what they missed. */
export class BasicConversation extends ManagedConversation {
  override readonly type = 'basic';

  get members(): readonly string[] {
    return this.data.members;
  }

  /**
   * Brings clients in.
   *
   * @returns who is in now, and who is not and why
   * @throws ParleyError where it failed for all of them, or as a whole
   */
  async add(clientIds: readonly string[]): Promise<PartialResult> {
    return this.addMembers(clientIds);
  }

  async remove(clientIds: readonly string[]): Promise<PartialResult> {
    return this.removeMembers(clientIds);
  }

  async countMembers(): Promise<number> {
    return (await this.ask(OpType.count)).count ?? 0;
  }

  /** How far each other member has received and read; only those that have at all. */
  async receipts(): Promise<readonly MemberReceipt[]> {
    const { maxReadTuples = [] } = await this.ask(OpType.max_read, { queryAllMembers: true });
    return maxReadTuples.map(({ pid = '', maxAckTimestamp, maxReadTimestamp }) => ({
      clientId: pid,
      deliveredAt: maxAckTimestamp || undefined,
      readAt: maxReadTimestamp || undefined,
    }));
  }

  protected override async addMembers(clientIds: readonly string[]): Promise<PartialResult> {
    const result = await super.addMembers(clientIds);
    this.applyMembers(result.succeeded, []);
    return result;
  }

  protected override async removeMembers(clientIds: readonly string[]): Promise<PartialResult> {
    const result = await super.removeMembers(clientIds);
    this.applyMembers([], result.succeeded);
    return result;
  }

  /** @internal */
  applyMembers(joined: readonly string[], left: readonly string[]): void {
    const members = [...new Set([...this.members, ...joined])].filter((member) => !left.includes(member));
    const isSame =
      members.length === this.members.length && members.every((each, at) => each === this.members[at]);
    if (!isSame) this.apply({ members });
  }
}
