import { CommandType, type GenericCommand } from '@parley/protocol';
import type { Reply } from './command.ts';

/**
 * The push login Java sends on every connect, and the live-query login (`wire-protocol §4.1.11`, `§4.17`). Answered
 * for the service it names; `pushDisabled` is never sent, because Java would then stop reconnecting.
 */
export function loginReply(command: GenericCommand): Reply {
  return {
    cmd: CommandType.loggedin,
    service: command.service ?? 0,
    ...(command.installationId !== undefined && { installationId: command.installationId }),
  };
}
