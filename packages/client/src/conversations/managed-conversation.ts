import { type BlacklistCommand, CommandType, OpType } from '@parley/protocol/wire';
import { parseObject } from '../json.ts';
import type { Operation } from '../session/authorize.ts';
import { applyUpdate, type ConversationChanges, encodeChanges } from './changes.ts';
import { Conversation } from './conversation.ts';
import { type PartialResult, readPartialResult, throwFirstFailure } from './partial-result.ts';
import { fetchRoles, type Role } from './roles.ts';

/** A page of client ids; `next` brings the one after, and is absent on the last. */
export interface ClientPage {
  readonly clientIds: readonly string[];
  readonly next: string | undefined;
}

export interface PageOptions {
  /** Default: 50; at most 100. */
  readonly limit?: number;
  readonly next?: string | undefined;
}

const PAGE = 50;

type MemberAction = Extract<Operation, { readonly conversationId: string }>['action'];

/** What basic conversations and chat rooms have in common: people come and go, and some of them keep order. */
export abstract class ManagedConversation extends Conversation {
  /**
   * Becomes part of it.
   *
   * @throws ParleyError CONVERSATION_FULL, BLOCKED_BY_CONV, CONVERSATION_SIGNATURE_FAILED, …
   */
  async join(): Promise<void> {
    throwFirstFailure(await this.addMembers([this.core.session.clientId]));
    // What was said before was told to nobody here.
    this.core.messages.news.emit('gap', { conversation: this });
  }

  /** @throws ParleyError CONVERSATION_NEED_OWNER where the owner may not leave */
  async quit(): Promise<void> {
    throwFirstFailure(await this.removeMembers([this.core.session.clientId]));
  }

  /**
   * Changes name, attributes or columns.
   *
   * @example
   * await chat.update({ name: 'Team', attributes: { topic: 'Cheese', meetings: increment(), draft: remove() } });
   *
   * @throws ParleyError CONVERSATION_UPDATE_REJECTED where this client is no member
   */
  async update(changes: ConversationChanges): Promise<void> {
    const requested = encodeChanges(changes);
    const reply = await this.request(OpType.update, { attr: { data: JSON.stringify(requested) } });
    this.apply(applyUpdate(this.data, requested, parseObject(reply.attrModified?.data) ?? {}));
  }

  /** Those who are more than members, by client id. */
  roles(): Promise<ReadonlyMap<string, Role>> {
    return fetchRoles(this.core.session, this.id, this.creator);
  }

  /** @throws ParleyError CONVERSATION_OPERATION_UNAUTHORIZED unless this client is the owner */
  async setRole(clientId: string, role: Exclude<Role, 'Owner'>): Promise<void> {
    await this.request(OpType.member_info_update, {
      targetClientId: clientId,
      info: { pid: clientId, role },
    });
  }

  /** Keeps clients from speaking here, until {@link unsilence}. For owner and managers. */
  async silence(clientIds: readonly string[]): Promise<PartialResult> {
    return readPartialResult(await this.request(OpType.add_shutup, { m: clientIds }));
  }

  async unsilence(clientIds: readonly string[]): Promise<PartialResult> {
    return readPartialResult(await this.request(OpType.remove_shutup, { m: clientIds }));
  }

  async silencedClients({ limit = PAGE, next }: PageOptions = {}): Promise<ClientPage> {
    const reply = await this.ask(OpType.query_shutup, { limit, next });
    return { clientIds: reply.m ?? [], next: reply.next };
  }

  /** Removes clients and keeps them out, until {@link unblock}. For owner and managers. */
  block(clientIds: readonly string[]): Promise<PartialResult> {
    return this.#changeBlacklist(OpType.block, 'conversation-block-clients', clientIds);
  }

  unblock(clientIds: readonly string[]): Promise<PartialResult> {
    return this.#changeBlacklist(OpType.unblock, 'conversation-unblock-clients', clientIds);
  }

  async blockedClients({ limit = PAGE, next }: PageOptions = {}): Promise<ClientPage> {
    const { blacklistMessage } = await this.core.session.query({
      cmd: CommandType.blacklist,
      op: OpType.query,
      blacklistMessage: { srcCid: this.id, limit, next },
    });
    return { clientIds: blacklistMessage?.blockedPids ?? [], next: blacklistMessage?.next };
  }

  protected async addMembers(clientIds: readonly string[]): Promise<PartialResult> {
    const signature = await this.#sign('invite', clientIds);
    return readPartialResult(await this.request(OpType.add, { m: clientIds, ...signature }));
  }

  protected async removeMembers(clientIds: readonly string[]): Promise<PartialResult> {
    const signature = await this.#sign('kick', clientIds);
    return readPartialResult(await this.request(OpType.remove, { m: clientIds, ...signature }));
  }

  async #changeBlacklist(
    op: number,
    action: MemberAction,
    clientIds: readonly string[],
  ): Promise<PartialResult> {
    const command: BlacklistCommand = {
      srcCid: this.id,
      toPids: clientIds,
      ...(await this.#sign(action, clientIds)),
    };
    const { blacklistMessage } = await this.core.session.request({
      cmd: CommandType.blacklist,
      op,
      blacklistMessage: command,
    });
    return readPartialResult(blacklistMessage);
  }

  #sign(action: MemberAction, clientIds: readonly string[]) {
    const { session } = this.core;
    const members = [...clientIds].sort();
    return session.sign({ action, clientId: session.clientId, conversationId: this.id, members });
  }
}
