// A plug-in of the tests: it does what messages tell it to, and writes down what it was asked and told.
import { appendFileSync } from 'node:fs';
import {
  type Content,
  type Conversation,
  definePlugin,
  type IncomingMessage,
  readText,
} from '../../src/plugins/plugin.ts';

interface Options {
  /** Where it writes, a line of JSON for each call. */
  readonly file: string;
  /** Only these messages are for it. */
  readonly prefix: string;
}

/** What all that is asked and told has in common. */
interface Noted {
  readonly conversation?: Conversation;
  readonly client?: string;
  readonly by?: string;
  readonly id?: string;
  readonly apps?: readonly string[];
}

export default definePlugin({
  api: 1,
  name: 'obedient',
  options(given): Options {
    const { file, prefix = '' } = given as Partial<Options>;
    if (file === undefined) throw new Error('"file" is missing.');
    return { file, prefix };
  },
  start(parley, { file, prefix }) {
    const note = (name: string, input: Noted) => {
      const about = input.conversation?.id ?? input.client ?? input.by ?? input.id ?? '';
      appendFileSync(file, `${JSON.stringify({ name, about, input })}\n`);
    };
    const order = (content: Content) => {
      const text = readText(content) ?? '';
      return text.startsWith(prefix) ? text.slice(prefix.length) : '';
    };
    note('start', { apps: parley.appIds });
    return {
      before: {
        messageReceived(message) {
          note('messageReceived', message);
          return obey(order(message.content), message);
        },
        messageUpdate(update) {
          note('messageUpdate', update);
          if (order(update.content) === 'refuse') return { drop: true, code: 9, detail: 'too late' };
          return { content: `${readText(update.content)}!` };
        },
        receiversOffline(message) {
          note('receiversOffline', message);
          if (order(message.content) === 'do not disturb') return { skip: true };
          return { receivers: ['Mary', 'Nobody'], content: { alert: 'for Mary' }, force: true };
        },
        conversationStart(start) {
          note('conversationStart', start);
          if (start.attributes.name === 'refuse') return { reject: true, code: 222, detail: 'no' };
          return { attributes: { checked: true } };
        },
        conversationAdd(change) {
          note('conversationAdd', change);
          if (change.members.includes('Stranger')) return { reject: true, code: 222, detail: 'no' };
        },
        conversationRemove(change) {
          note('conversationRemove', change);
          if (change.members.includes('Protected')) return { reject: true, code: 222, detail: 'no' };
        },
        conversationUpdate(update) {
          note('conversationUpdate', update);
          if ('muted' in update) return { muted: true };
          if (update.attributes.name === 'refuse') return { reject: true, code: 222, detail: 'no' };
          return { attributes: { ...update.attributes, seen: true } };
        },
        clientSign(request) {
          note('clientSign', request);
          if (request.username.startsWith('banned')) return { refuse: true, detail: 'not today' };
        },
      },
      after: {
        messageSent(message) {
          note('messageSent', message);
          if (order(message.content) === 'throw after') throw new Error('after');
        },
        conversationStarted: (event) => note('conversationStarted', event),
        conversationAdded: (event) => note('conversationAdded', event),
        conversationRemoved: (event) => note('conversationRemoved', event),
        clientOnline: (event) => note('clientOnline', event),
        clientOffline: (event) => note('clientOffline', event),
      },
      stop: () => note('stop', {}),
    };
  },
});

function obey(order: string, { receivers }: IncomingMessage) {
  if (order.startsWith('answer ')) return JSON.parse(order.slice('answer '.length));
  switch (order) {
    case 'drop':
      return { drop: true, code: 7, detail: 'dropped' } as const;
    case 'rewrite':
      return { content: 'rewritten', code: 8, detail: 'better so' };
    case 'bytes':
      return { content: new Uint8Array([1, 2, 3]) };
    case 'nobody':
      return { receivers: [] };
    case 'only the first':
      return { receivers: [...receivers.slice(0, 1), 'Nobody'] };
    case 'throw':
      throw new Error('thrown');
    case 'throw nothing':
      throw undefined;
    case 'reject':
      return Promise.reject(new Error('rejected'));
    case 'hang':
      return new Promise<undefined>(() => {});
    case 'spin':
      for (;;);
    case 'exit':
      return process.exit(0);
    case 'abort':
      return process.abort();
    case 'throw later':
      setTimeout(() => {
        throw new Error('thrown later');
      });
      return new Promise<undefined>(() => {});
    case 'reject later':
      void Promise.reject(new Error('nobody looks'));
      return undefined;
    case 'eat memory': {
      const eaten: unknown[] = [];
      for (;;) eaten.push(new Array(10_000).fill(eaten.length));
    }
    case 'kill the server':
      process.kill(process.ppid);
      return undefined;
    case 'kill everybody':
      process.kill(0);
      return undefined;
    case 'interrupt':
      process.kill(process.pid, 'SIGINT');
      process.kill(process.pid, 'SIGTERM');
      return undefined;
    case 'hang up':
      process.disconnect();
      return undefined;
    case 'print':
      for (let line = 0; line < 20_000; line++) process.stdout.write(`line ${line} ${'x'.repeat(100)}\n`);
      return undefined;
    default:
      return undefined;
  }
}
