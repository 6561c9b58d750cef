import type { App } from '../app/app.ts';
import { ImError } from '../errors.ts';
import type { ClientId, ConversationId, Milliseconds } from '../identifiers.ts';
import { problemWith } from './check-signature.ts';
import type { Signature } from './signature.ts';

/** What a REST history query presents; nothing of it, where the app does not sign these. */
export interface PresentedSignature
  extends Partial<{ readonly [Key in keyof Signature]: Signature[Key] | undefined }> {
  readonly client: ClientId | undefined;
  readonly conversation: ConversationId;
}

/**
 * Checks the signature of a REST history query over `appId:clientId:convId:nonce:timestamp`, where the app has that
 * switched on. Published demo servers sign the last two the other way round, so both are good (F-SEC-10, `rest §3.13`).
 *
 * @throws ImError CONVERSATION_SIGNATURE_FAILED
 */
export function requireHistorySignature(app: App, presented: PresentedSignature, now: Milliseconds): void {
  if (!app.settings.signHistory) return;
  const { client, conversation, value, timestamp, nonce } = presented;
  if (!client || !value || timestamp === undefined || !nonce) {
    throw refused('This app signs history queries: client, nonce, signature_ts and signature are needed.');
  }
  const fields = `${app.id}:${client}:${conversation}`;
  const texts = [`${fields}:${nonce}:${timestamp}`, `${fields}:${timestamp}:${nonce}`];
  const problem = problemWith(app, texts, { value, timestamp, nonce }, now);
  if (problem !== undefined) throw refused(problem);
}

const refused = (sentence: string) => new ImError('CONVERSATION_SIGNATURE_FAILED', sentence);
