import type { BasicConversation, Client, Conversation, Message } from '@parley/client';
import { type AnswerTo, answerTo, greetings } from './answers.ts';
import { HIKE, type Language, sampleNames } from './names.ts';

export interface AnswerOptions {
  /** The group that newcomers are brought into, by who does that. */
  readonly hike?: (language: Language) => Promise<BasicConversation>;
  readonly failed: (error: unknown) => void;
}

/** As many conversations are looked through for what was said while nobody was here. */
const MOST_LOOKED_AT = 50;

type Act = () => Promise<void>;

/** How long reading and writing take, in milliseconds. */
const READING = 600;
const WRITING = 1_100;

/** Greets whoever begins a conversation, reads what is said, and answers; what they missed, as soon as they are back. */
export async function answerPeople(client: Client, { hike, failed }: AnswerOptions): Promise<void> {
  /** What is to be said next, where something is being said: one answer at a time, to what was said last. */
  const next = new Map<Conversation, Act | undefined>();
  /** What was heard last in each conversation: looking for what was missed may find what has just arrived. */
  const heard = new Map<Conversation, Message['id']>();

  async function once(conversation: Conversation, act: Act): Promise<void> {
    const isBusy = next.has(conversation);
    next.set(conversation, isBusy ? act : undefined);
    if (isBusy) return;
    for (let now: Act | undefined = act; now !== undefined; now = next.get(conversation)) {
      next.set(conversation, undefined);
      await now().catch(failed);
    }
    next.delete(conversation);
  }

  const greet = (conversation: Conversation) =>
    once(conversation, async () => {
      if (!isPair(conversation)) return;
      if (conversation.data.createdAt === 0) await conversation.refresh();
      if (conversation.lastMessage !== undefined) return;
      const language = languageOf(conversation);
      for (const line of greetings(client.id, language)) await write(conversation, line);
      const visitor = conversation.members.find((member) => member !== client.id);
      if (visitor !== undefined) await (await hike?.(language))?.add([visitor]);
    });

  function hear(conversation: Conversation, message: Message): void {
    if (sampleNames.includes(message.from) || heard.get(conversation) === message.id) return;
    heard.set(conversation, message.id);
    const isAsked = isPair(conversation) || message.mentions(client.id);
    if (!isAsked) {
      // Whoever is there reads along, so that receipts show in groups as well.
      if (conversation.attributes.sample === HIKE) conversation.markRead();
      return;
    }
    const question: AnswerTo = { by: client.id, language: languageOf(conversation), message };
    void once(conversation, async () => {
      await pause(READING);
      conversation.markRead();
      await write(conversation, answerTo(question));
    });
  }

  const mine = () => client.conversations.query().where('members', '=', client.id).limit(MOST_LOOKED_AT);

  async function lookBack(): Promise<void> {
    const [begun, talks] = await Promise.all([
      mine().where('lastMessageAt', 'exists', false).find(),
      mine().where('lastMessageAt', 'exists', true).orderBy('lastMessageAt', 'descending').find(),
    ]);
    for (const conversation of begun) void greet(conversation);
    for (const conversation of talks) {
      const { lastMessage } = conversation;
      if (lastMessage !== undefined) hear(conversation, lastMessage);
    }
  }

  client.on('joined', ({ conversation }) => void greet(conversation));
  client.on('message', ({ conversation, message }) => hear(conversation, message));
  client.on('state', ({ state }) => state.name === 'open' && void lookBack().catch(failed));
  await lookBack();
}

async function write(conversation: Conversation, text: string): Promise<void> {
  conversation.startTyping();
  await pause(WRITING);
  await conversation.send(text);
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

function isPair(conversation: Conversation): conversation is BasicConversation {
  return (
    conversation.type === 'basic' &&
    conversation.data.members.length <= 2 &&
    conversation.attributes.sample !== HIKE
  );
}

function languageOf({ attributes }: Conversation): Language {
  return attributes.language === 'zh' ? 'zh' : 'en';
}
