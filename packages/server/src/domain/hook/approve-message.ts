import { type Author, authorOf } from '../actor.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import type { ClientId, Milliseconds } from '../identifiers.ts';
import type { MessageBody } from '../message/message.ts';
import type { Explanation, IncomingMessage } from '../ports/hooks.ts';
import type { World } from '../world.ts';
import { consult, hooksFor, refusedByApp } from './consult.ts';
import { receiversOf } from './receivers.ts';

interface Content {
  readonly body: MessageBody;
}

/** What came of a message on its way to the store. */
export interface Approved {
  readonly body: MessageBody;
  /** When it came in, which it keeps however long the app thought about it. */
  readonly at: Milliseconds;
  /** The only ones who get it; absent: whoever would. */
  readonly receivers?: readonly ClientId[];
  /** Set where the body is not what the sender wrote. */
  readonly changed?: Explanation;
}

/**
 * Asks the app about a message before it is kept or told (`hooks-and-signatures §3.1`).
 *
 * @throws ImError MESSAGE_REJECTED_BY_APP
 */
export async function approveMessage(
  world: World,
  author: Author,
  conversation: Conversation,
  message: Content & Pick<IncomingMessage, 'transient' | 'receipt'>,
  receivers: readonly ClientId[] = receiversOf(world.rooms, conversation, authorOf(author)),
): Promise<Approved> {
  const at = world.clock.now();
  const asIs = { body: message.body, at };
  const ask = hooksFor(world, author)?.messageReceived;
  if (ask === undefined) return asIs;
  const verdict = await consult(author, 'MESSAGE_REJECTED_BY_APP', () =>
    ask({
      conversation,
      sender: authorOf(author),
      receivers,
      body: message.body,
      transient: message.transient,
      receipt: message.receipt,
      at,
      ...(author.address !== undefined && { address: author.address }),
    }),
  );
  if (verdict === undefined) return asIs;
  if (verdict.verdict === 'drop') throw refusedByApp('MESSAGE_REJECTED_BY_APP', verdict);
  const { body } = verdict;
  return {
    at,
    body: body ?? message.body,
    ...narrowed(receivers, verdict.receivers),
    ...changedBy(message.body, verdict),
  };
}

/** Why the body is not what the author wrote, where it is not. */
export function changedBy(
  written: MessageBody,
  { body, code, detail }: Explanation & { readonly body?: MessageBody },
): { readonly changed?: Explanation } {
  if (body === undefined || isSame(body, written)) return {};
  return { changed: { ...(code !== undefined && { code }), ...(detail !== undefined && { detail }) } };
}

/** The app may leave out receivers and not invent any (H-05); where it was told of none, it cannot choose. */
export function narrowed(
  receivers: readonly ClientId[],
  wanted: readonly ClientId[] | undefined,
): { readonly receivers?: readonly ClientId[] } {
  if (wanted === undefined || receivers.length === 0) return {};
  const chosen = new Set(wanted);
  const left = receivers.filter((client) => chosen.has(client));
  return left.length === receivers.length ? {} : { receivers: left };
}

function isSame(a: MessageBody, b: MessageBody): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return Buffer.from(a).equals(b);
}
