import type { DirectCommand } from '@parley/protocol/wire';
import type { JsonObject } from '../json.ts';

export type Priority = 'high' | 'normal' | 'low';

export interface SendOptions {
  /** Clients whose attention it wants, or everyone's. */
  readonly mention?: readonly string[] | 'everyone';
  /** Ask for receipts of delivery and reading. Only in conversations of two. */
  readonly receipt?: boolean;
  /** Only for those who are online; it is not kept, not repeated, and fails at once without a connection. */
  readonly transient?: boolean;
  /** Not now, but when this client's connection ends without {@link Client.close}; a later one replaces it. */
  readonly will?: boolean;
  /** In chat rooms, what is dropped first when a member's connection is full. Default: normal. */
  readonly priority?: Priority;
  /** What devices show that are offline; see the guide on push. */
  readonly push?: JsonObject;
  /** After how many milliseconds without success it is `failed`, those before it included. Default: five minutes. */
  readonly giveUpAfter?: number;
}

const PRIORITIES: Readonly<Record<Priority, number>> = { high: 1, normal: 2, low: 3 };

export const priorityNumber = ({ priority }: SendOptions) => priority && PRIORITIES[priority];

/** What of the options travels within the message. */
export function directOptions({ mention, receipt, transient, will, push }: SendOptions): DirectCommand {
  return {
    ...(mention === 'everyone' ? { mentionAll: true } : mention !== undefined && { mentionPids: mention }),
    ...(receipt === true && { r: true }),
    ...(transient === true && { transient: true }),
    ...(will === true && { will: true }),
    ...(push !== undefined && { pushData: JSON.stringify(push) }),
  };
}
