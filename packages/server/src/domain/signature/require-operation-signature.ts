import { type Actor, isOperator } from '../actor.ts';
import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId, Milliseconds } from '../identifiers.ts';
import { problemWith } from './check-signature.ts';
import { memberListings } from './member-listings.ts';
import type { Signature } from './signature.ts';

/** What a client asks its app's server to allow. `members` are the ids as transmitted. */
export type SignedOperation =
  | {
      readonly action: 'create';
      readonly members: readonly ClientId[];
      /** Chat rooms have no members, and some SDKs sign none for them. */
      readonly isChatRoom: boolean;
      readonly isTemporary: boolean;
    }
  | {
      readonly action: 'invite' | 'kick' | 'conversation-block-clients' | 'conversation-unblock-clients';
      readonly conversation: ConversationId;
      readonly members: readonly ClientId[];
    }
  | {
      readonly action: 'client-block-conversations' | 'client-unblock-conversations';
      readonly conversation: ConversationId;
    };

/**
 * Where the app wants it, checks that its own server allowed this operation (F-SEC-03, F-SEC-07). The app's server
 * itself needs no signature. Published SDKs disagree on what exactly they sign; every one of their forms is good.
 *
 * @throws ImError CONVERSATION_SIGNATURE_FAILED, BLACKLIST_SIGNATURE_FAILED
 */
export function requireOperationSignature(
  actor: Actor,
  operation: SignedOperation,
  signature: Signature | undefined,
  now: Milliseconds,
): void {
  const isBlacklist = operation.action.includes('block');
  const { signBlacklist, signConversation } = actor.app.settings;
  if (isOperator(actor) || !(isBlacklist ? signBlacklist : signConversation)) return;
  const refuse = (sentence: string) =>
    new ImError(isBlacklist ? 'BLACKLIST_SIGNATURE_FAILED' : 'CONVERSATION_SIGNATURE_FAILED', sentence);
  if (signature === undefined) {
    if (mayComeWithout(actor.client, actor.app, operation)) return;
    throw refuse(`This app wants a signature for the action ${operation.action}.`);
  }
  const problem = problemWith(
    actor.app,
    texts(actor.app, actor.client, operation, signature),
    signature,
    now,
  );
  if (problem !== undefined) throw refuse(problem);
}

/** What some SDK never signs, unless the app is strict about it. */
function mayComeWithout(client: ClientId, { settings }: App, operation: SignedOperation): boolean {
  // Java (D-20).
  if (isQuit(client, operation)) return !settings.strictQuitSignature;
  // Swift (`wire-protocol §4.2`).
  return operation.action === 'create' && operation.isTemporary && !settings.strictTemporarySignature;
}

function isQuit(client: ClientId, operation: SignedOperation): boolean {
  return operation.action === 'kick' && operation.members.every((member) => member === client);
}

function texts(
  { id: app, settings }: App,
  client: ClientId,
  operation: SignedOperation,
  { timestamp, nonce }: Signature,
): readonly string[] {
  switch (operation.action) {
    case 'create':
      return createLists(client, operation).map((list) => [app, client, list, timestamp, nonce].join(':'));
    case 'client-block-conversations':
    case 'client-unblock-conversations':
      return [[app, client, operation.conversation, '', timestamp, nonce, operation.action].join(':')];
    default: {
      // The Objective-C SDK asks its signer for an invitation when it removes somebody (D-20).
      const isRemoval = operation.action === 'kick' && settings.removalTakesInviteSignature;
      const actions = isRemoval ? ['kick', 'invite'] : [operation.action];
      return memberListings(operation.members).flatMap((list) =>
        actions.map((action) =>
          [app, client, operation.conversation, list, timestamp, nonce, action].join(':'),
        ),
      );
    }
  }
}

/** With the creator or without: some SDKs list it and some do not. */
function createLists(
  client: ClientId,
  { members, isChatRoom }: Extract<SignedOperation, { action: 'create' }>,
): readonly string[] {
  const lists = [members, [...members, client], members.filter((member) => member !== client)];
  // An empty list reads like the text of a login, so it is only good where there are no members to be had.
  const mayBeEmpty = isChatRoom || members.length === 0;
  return [...(mayBeEmpty ? [[]] : []), ...lists.filter((list) => mayBeEmpty || list.length > 0)].flatMap(
    memberListings,
  );
}
