// A plug-in of the tests: it answers, asks and takes back through the server. Its handlers are methods of a class.
import {
  ActionRefused,
  type AfterHandlers,
  type App,
  definePlugin,
  type Parley,
  readText,
  type SentMessage,
  writeText,
} from '../../src/plugins/plugin.ts';

class Talkative implements AfterHandlers {
  readonly #parley: Parley;

  constructor(parley: Parley) {
    this.#parley = parley;
  }

  async messageSent(message: SentMessage, app: App) {
    this.#parley.log.info('heard', { text: readText(message.content) ?? '' });
    const answer = await this.#answer(readText(message.content) ?? '', message, app);
    const { id, kind } = message.conversation;
    if (answer === undefined) return;
    if (kind === 'service') {
      await app.sendServiceMessage({ service: id, from: 'desk', content: answer, to: [message.sender] });
    } else {
      await app.sendMessage({ conversation: id, from: 'bot', content: writeText(answer) });
    }
  }

  async #answer(text: string, message: SentMessage, app: App): Promise<string | undefined> {
    const { conversation, sender } = message;
    switch (text) {
      case 'who is here': {
        const found = await app.findConversation(conversation.id);
        return JSON.stringify([found?.members, found?.creator, found?.attributes]);
      }
      case 'take it back':
        await app.recallMessage({ conversation: conversation.id, id: message.id, sender, at: message.at });
        return undefined;
      case 'say it and take it back': {
        const service = conversation.id;
        for (const to of ['subscribers', [sender]] as const) {
          const said = await app.sendServiceMessage({ service, from: 'desk', content: 'wrong', to });
          const taken = { conversation: service, id: said.id, sender: 'desk', at: said.at };
          await app.recallMessage(to === 'subscribers' ? taken : { ...taken, to });
        }
        return undefined;
      }
      case 'look for nothing':
        return String(await app.findConversation('nowhere'));
      case 'send nowhere':
        return refusalOf(() => app.sendMessage({ conversation: 'nowhere', from: 'bot', content: 'x' }));
      case 'send nonsense':
        return refusalOf(() => app.sendMessage(JSON.parse('{"conversation":7,"from":"bot","content":"x"}')));
      case 'flood': {
        const flood = Array.from({ length: 1001 }, () => refusalOf(() => app.findConversation('nowhere')));
        return (await Promise.all(flood)).at(-1);
      }
      case 'the other app':
        return refusalOf(() => this.#parley.app('no-such-app').findConversation('nowhere'));
      default:
        return `${text}?`;
    }
  }
}

async function refusalOf(act: () => Promise<unknown>): Promise<string> {
  try {
    return `done: ${await act()}`;
  } catch (error) {
    return error instanceof ActionRefused ? `${error.code}: ${error.message}` : 'another error';
  }
}

export default definePlugin({
  api: 1,
  name: 'talkative',
  start: (parley) => ({ after: new Talkative(parley) }),
});
