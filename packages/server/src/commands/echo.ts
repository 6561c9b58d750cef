import { CommandType, type GenericCommand } from '@parley/protocol';
import type { Reply } from './command.ts';

/** The application's own ping: legal before and after login, never checked (`wire-protocol §2.4`). */
export function echoReply(command: GenericCommand): Reply & { readonly peerId?: string } {
  return { cmd: CommandType.echo, ...(command.peerId !== undefined && { peerId: command.peerId }) };
}
