import { ImageMessage, type Message } from '@parley/client';
import { type Language, MEI } from './names.ts';

type Texts = Readonly<Record<Language, readonly string[]>>;

const meiGreets: Texts = {
  en: [
    'Hi, and welcome! I am Mei, and I come with this server 👋',
    'Everything here is real: your messages go over the wire and into the store, and both of us get them from there.',
    'I have added you to our hike group. Open a second tab and take another name to see both sides.',
  ],
  zh: [
    '你好，欢迎！我是 Mei，随这台服务器一起来的 👋',
    '这里的一切都是真的：消息经过网络、写入存储，你我都从那里收到。',
    '我把你加进了徒步群。再开一个标签页，换个名字，就能看到两边的样子。',
  ],
};

const leoGreets: Texts = {
  en: ['Hey! Leo here. Send me a picture, or take the server down while you type: nothing gets lost.'],
  zh: ['嗨！我是 Leo。给我发张图片吧，或者在打字时把服务器停掉：什么都不会丢。'],
};

const aboutPictures: Texts = {
  en: ['Nice picture! It went through the file store of this server.', 'Oh, I like that one 😍'],
  zh: ['好看！这张图存进了这台服务器的文件库。', '哇，我喜欢这张 😍'],
};

/** What is answered to words that people are likely to try, in both languages at once. */
const topics: readonly { readonly words: RegExp; readonly answer: Texts }[] = [
  {
    words: /\b(hi|hello|hey|howdy)\b|你好|您好|嗨|哈喽/iu,
    answer: { en: ['Hello! Nice to see you here.', 'Hi there!'], zh: ['你好呀！', '嗨，很高兴见到你！'] },
  },
  {
    words: /\b(thanks?|thank you|thx)\b|谢谢|多谢/iu,
    answer: { en: ['You are welcome!', 'Any time 🙂'], zh: ['不客气！', '随时 🙂'] },
  },
  {
    words: /\b(offline|network|lost|crash|down)\b|断网|离线|丢/iu,
    answer: {
      en: ['Switch your network off and write on. Messages wait, go out in order, and arrive once.'],
      zh: ['断开网络再继续写吧。消息会等着，按顺序发出，而且只到一次。'],
    },
  },
  {
    words: /\b(edit|recall|undo|delete)\b|编辑|撤回|修改|删除/iu,
    answer: {
      en: ['Point at one of your messages: you can change it or take it back, and I see that at once.'],
      zh: ['把鼠标移到自己的消息上：可以修改或撤回，我这边马上就能看到。'],
    },
  },
  {
    words: /\b(help|what can|how do)\b|帮助|怎么/iu,
    answer: {
      en: ['Try a picture, an @mention in the group, a new group, or a visit to the town square.'],
      zh: ['试试发图片、在群里 @ 别人、建一个群，或者去城市广场逛逛。'],
    },
  },
];

const smallTalk: Texts = {
  en: [
    'I see 🙂',
    'Tell me more!',
    'Good point. I will think about it over a bowl of soup.',
    'Did you see the little marks under your message? Two of them mean that I have read it.',
    'I only know a handful of sentences, but every one of them arrives exactly once.',
  ],
  zh: [
    '原来如此 🙂',
    '再多说一点！',
    '有道理，我喝碗汤的时候想一想。',
    '看到消息下面的小勾了吗？两个勾表示我已经读了。',
    '我只会说几句话，不过每一句都准准地只到一次。',
  ],
};

export function greetings(by: string, language: Language): readonly string[] {
  return (by === MEI ? meiGreets : leoGreets)[language];
}

export interface AnswerTo {
  readonly by: string;
  readonly language: Language;
  readonly message: Message;
}

/** Always the same to the same message: tests rely on it, and people do not mind. */
export function answerTo({ by, language, message }: AnswerTo): string {
  if (message instanceof ImageMessage) return pick(aboutPictures[language], by);
  const topic = topics.find(({ words }) => words.test(message.text));
  if (topic !== undefined) return pick(topic.answer[language], by);
  return pick(smallTalk[language], `${by}${message.text}`);
}

function pick(lines: readonly string[], seed: string): string {
  let hash = 0;
  for (const character of seed) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return lines[hash % lines.length] ?? '';
}
