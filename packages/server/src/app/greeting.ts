import type { AppRecord } from '../domain/ports/app-repository.ts';

export interface Whereabouts {
  readonly version: string;
  readonly url: string;
  readonly wsUrl: string;
  readonly dataDir: string;
  /** The chat page, where there is one. */
  readonly page?: string;
}

/** What somebody who typed `npm start` wants to know: where it is, the keys, and how to connect. */
export function greeting(
  { id, appKey, masterKey }: AppRecord,
  { version, url, wsUrl, dataDir, page }: Whereabouts,
): string {
  const look =
    page === undefined
      ? ''
      : `
  See it work: open ${page} in two tabs and chat. PARLEY_DEMO=off takes the page away.
`;
  return `
  Parley ${version} is running.
${look}
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
