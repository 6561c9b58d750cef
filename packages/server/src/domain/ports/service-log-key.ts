import { createHash } from 'node:crypto';
import type { ClientId, ConversationId } from '../identifiers.ts';

/** What older programs call the exchange of a client with a service; they compute it themselves (`rest §2.2`). */
export function serviceLogKey(service: ConversationId, client: ClientId): string {
  return createHash('md5').update(`${service}:${client}`).digest('hex');
}
