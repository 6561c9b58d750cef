import {
  type BasicConversation,
  ChatRoom,
  type Client,
  type Conversation,
  ImageMessage,
} from '@parley/client';
import { hikeLines, hikeName, PICTURE } from './hike-script.ts';
import { HIKE, type Language, LEO, MEI, RIDGE, SQUARE } from './names.ts';

/** The group of this language, with what was said before anybody came. Made anew once it has expired. */
export async function planHike(language: Language, mei: Client, leo: Client): Promise<BasicConversation> {
  const [known] = await mei.conversations
    .query()
    .where('members', '=', MEI)
    .where('attributes.sample', '=', HIKE)
    .where('attributes.language', '=', language)
    // One that is not told to its end is not shown: the server was stopped meanwhile.
    .where('attributes.isTold', '=', true)
    .limit(1)
    .find();
  if (known !== undefined) return known as BasicConversation;
  const hike = await mei.conversations.create({
    members: [LEO],
    name: hikeName[language],
    attributes: { sample: HIKE, language },
    unique: false,
  });
  const forLeo = await leo.conversations.get(hike.id);
  for (const { by, text } of hikeLines[language]) await say(by === MEI ? hike : forLeo, text);
  await hike.update({ attributes: { isTold: true } });
  return hike;
}

async function say(conversation: Conversation, text: string): Promise<void> {
  if (text !== PICTURE) await conversation.send(text);
  else await conversation.send(new ImageMessage({ url: RIDGE, name: 'ridge.svg', width: 960, height: 600 }));
}

/** The chat room that is always there. */
export async function openSquare(leo: Client): Promise<void> {
  const [known] = await leo.conversations
    .query()
    .chatRooms()
    .where('attributes.sample', '=', SQUARE)
    .limit(1)
    .find();
  if (known instanceof ChatRoom) {
    await known.join();
    return;
  }
  const room = await leo.conversations.createChatRoom({
    name: 'Town square',
    attributes: { sample: SQUARE, 'name-zh': '城市广场' },
  });
  await room.send('Welcome to the town square. Whoever is here now hears what you say. 欢迎来到城市广场！');
}
