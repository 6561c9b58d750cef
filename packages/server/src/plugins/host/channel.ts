import type { Begin, FromPlugin, ToPlugin } from '../protocol.ts';

/** The way to the server and back. */
export interface Channel {
  /** Leaves with everything else that is posted in this turn of the loop. */
  post(message: FromPlugin): void;
  /** Leaves now; resolves once it is on its way. */
  postLast(message: FromPlugin): Promise<void>;
  receive(begin: (begin: Begin['begin']) => void, messages: (messages: readonly ToPlugin[]) => void): void;
}

/** Takes the channel to the server away from whoever else runs in this process. */
export function takeChannel(): Channel {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error('This file is started by the server, with a channel to it.');
  Reflect.deleteProperty(process, 'send');
  Reflect.deleteProperty(process, 'disconnect');
  // A plug-in without its server is nothing.
  process.on('disconnect', () => process.exit(0));
  let waiting: FromPlugin[] = [];
  const flush = () => {
    const messages = waiting;
    waiting = [];
    if (messages.length > 0) send(messages, undefined, undefined, () => {});
  };
  return {
    post(message) {
      waiting.push(message);
      if (waiting.length === 1) setImmediate(flush);
    },
    postLast(message) {
      const messages = [...waiting, message];
      waiting = [];
      return new Promise((resolve) => send(messages, undefined, undefined, () => resolve()));
    },
    receive(begin, messages) {
      process.on('message', (message: Begin | readonly ToPlugin[]) => {
        if ('begin' in message) begin(message.begin);
        else messages(message);
      });
    },
  };
}
