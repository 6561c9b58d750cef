import { CommandType } from '@parley/protocol';
import type { ImError } from '../domain/errors.ts';
import type { Reply } from './command.ts';

/** A refusal as a command. The reason is the symbolic name, which SDK users compare (`wire-protocol §5.1`). */
export function errorReply(error: ImError): Reply {
  return {
    cmd: CommandType.error,
    errorMessage: {
      code: error.code,
      reason: error.reason,
      ...(error.detail !== undefined && { detail: error.detail }),
      ...(error.appCode !== undefined && { appCode: error.appCode }),
      ...(error.appMsg !== undefined && { appMsg: error.appMsg }),
    },
  };
}
