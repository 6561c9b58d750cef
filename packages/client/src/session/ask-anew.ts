import type { GenericCommand } from '@parley/protocol/wire';
import type { Session } from './session.ts';

let asked = 0;

/**
 * As {@link Session.query}, for what others change at any time: the answer to an equal question that is on its way may
 * lack what was told since. The number makes it another question; on the wire it gets the next one of its connection.
 */
export function askAnew(session: Session, command: GenericCommand): Promise<GenericCommand> {
  return session.query({ ...command, i: ++asked });
}
