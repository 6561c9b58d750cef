import {
  type ConversationData,
  FileBasedMessage,
  ImageMessage,
  type Message,
  RecalledMessage,
} from '@parley/client';
import type { Language } from '../settings/settings.tsx';
import type { Text } from '../text/en.ts';

/** The other one in a conversation of two. */
export function peerOf({ type, members, name }: ConversationData, me: string): string | undefined {
  if (type !== 'basic' || name !== undefined || members.length > 2) return undefined;
  return members.find((member) => member !== me);
}

export function titleOf(data: ConversationData, me: string, language: Language): string {
  const translated = data.attributes[`name-${language}`];
  if (typeof translated === 'string') return translated;
  const others = data.members.filter((member) => member !== me);
  return data.name ?? (others.join(language === 'zh' ? '、' : ', ') || data.id.slice(0, 6));
}

/** One line about a message. */
export function summaryOf(message: Message, me: string, text: Text): string {
  const isMine = message.from === me;
  if (message instanceof RecalledMessage) {
    return isMine ? text.message.recalledByYou : text.message.recalled(message.from);
  }
  if (message.text !== '') return message.text;
  if (message instanceof ImageMessage) return `[${text.message.picture}]`;
  if (message instanceof FileBasedMessage) return `[${text.message.file}]`;
  return text.message.unknown;
}
