import type { AppRecord } from '../domain/ports/store.ts';

/** What somebody who typed `npm start` wants to know: where it is, the keys, and how to connect. */
export function greeting(
  { id, appKey, masterKey }: AppRecord,
  { version, url, wsUrl, dataDir }: Readonly<Record<'version' | 'url' | 'wsUrl' | 'dataDir', string>>,
): string {
  return `
  Parley ${version} is running.

    URL         ${url}
    WebSocket   ${wsUrl}
    App ID      ${id}
    App key     ${appKey}
    Master key  ${masterKey}   (for your own servers only)
    Data        ${dataDir}

  Connect, for example with the npm package leancloud-realtime:

    import { Realtime, TextMessage } from 'leancloud-realtime';
    const realtime = new Realtime({ appId: '${id}', appKey: '${appKey}', server: '${url}' });
    const tom = await realtime.createIMClient('Tom');
    const chat = await tom.createConversation({ members: ['Jerry'], unique: true });
    await chat.send(new TextMessage('Hello, Jerry!'));

  Ctrl-C stops it.
`;
}
