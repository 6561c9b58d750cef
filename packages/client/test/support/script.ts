import {
  CommandType,
  decodeCommand,
  encodeCommand,
  type GenericCommand,
  OpType,
} from '@parley/protocol/wire';
import { Connection, createClient, type SocketListener } from '../../src/index.ts';
import { testPlatform } from './test-platform.ts';

/**
 * A server of which a test says every word. It opens sessions by itself.
 *
 * @param answer what it says to other commands, at once; `undefined` is silence
 */
export function script(answer: (command: GenericCommand) => GenericCommand | undefined = () => undefined) {
  const platform = testPlatform();
  const asked: string[] = [];
  let listener: SocketListener | undefined;
  const received: GenericCommand[] = [];
  platform.http = async ({ url }) => {
    asked.push(new URL(url).pathname);
    return { status: 200, body: JSON.stringify({ server: 'ws://one/', secondary: 'ws://two/', ttl: 3600 }) };
  };
  const urls: string[] = [];
  platform.openSocket = (url, _, listening) => {
    urls.push(url);
    listener = listening;
    setTimeout(() => listening.opened());
    return {
      send(bytes) {
        const command = decodeCommand(bytes);
        received.push(command);
        const words = answer(command);
        if (words !== undefined)
          setTimeout(() => listening.received(encodeCommand({ i: command.i, ...words })));
        else if (command.op === OpType.open) {
          const opened = {
            cmd: CommandType.session,
            op: OpType.opened,
            i: command.i,
            peerId: 'Tom',
            serverTs: 1_000 * urls.length,
          };
          setTimeout(() =>
            listening.received(encodeCommand({ ...opened, sessionMessage: { st: 't', stTtl: 60 } })),
          );
        }
      },
      close() {},
    };
  };
  const connection = new Connection({ url: 'http://server', appId: 'app', platform });
  return {
    ...{ platform, asked, urls, received, connection },
    client: createClient({ connection, clientId: 'Tom' }),
    reply: ({ i }: GenericCommand, words: GenericCommand) =>
      listener?.received(encodeCommand({ ...words, i })),
    push: (command: GenericCommand) => listener?.received(encodeCommand(command)),
    sendBytes: (bytes: Uint8Array) => listener?.received(bytes),
    close: (code: number) => listener?.closed(code, ''),
  };
}
