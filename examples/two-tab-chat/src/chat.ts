import { type Connection, createClient, type Message } from '@parley/client';

/** What the page shows. Nothing here knows of HTML, so the test runs the same code without a browser. */
export interface View {
  messages(messages: readonly Message[]): void;
  /** Of the connection, such as `open` or `waiting`. */
  state(name: Connection['state']['name']): void;
  typing(clientIds: readonly string[]): void;
}

export interface ChatOptions {
  readonly url: string;
  readonly appId: string;
  readonly appKey: string;
  readonly me: string;
  readonly peer: string;
}

export async function startChat({ url, appId, appKey, me, peer }: ChatOptions, view: View) {
  const client = createClient({ url, appId, appKey, clientId: me });
  client.connection.on('state', ({ state }) => view.state(state.name));

  // One conversation per pair: both tabs find the same one.
  const chat = await client.conversations.create({ members: [peer] });
  const list = client.messages.live(chat);
  list.subscribe(() => view.messages(list.items));
  chat.on('typing', () => view.typing(chat.typing));
  await list.ready;
  view.state(client.connection.state.name);

  return {
    me,
    /** Shows at once; a message that fails stays in the list and says so. */
    say: (text: string) => chat.send(text, { receipt: true }).catch(() => {}),
    typing: () => chat.startTyping(),
    read: () => chat.markRead(),
    older: () => list.loadOlder(),
    retry: (message: Message) => client.messages.retry(message).catch(() => {}),
    async close() {
      list.close();
      await client.close();
    },
  };
}
