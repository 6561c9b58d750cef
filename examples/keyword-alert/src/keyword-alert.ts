import {
  type App,
  type Content,
  type Conversation,
  definePlugin,
  readText,
  writeText,
} from '@parley/server/plugin';
import { readOptions } from './options.ts';

/** Lets every message pass, and tells the moderators of those with one of the words. */
export default definePlugin({
  api: 1,
  name: 'keyword-alert',
  options: readOptions,
  start(parley, { words, conversation: moderators, from }) {
    const wanted = words.map((word) => word.toLowerCase());

    async function look(
      conversation: Conversation,
      sender: string,
      content: Content,
      app: App,
    ): Promise<void> {
      const text = readText(content);
      // Moderators may call things by their name.
      if (text === undefined || conversation.id === moderators) return;
      const found = wanted.filter((word) => text.toLowerCase().includes(word));
      if (found.length === 0) return;
      const where = conversation.name ?? conversation.id;
      parley.log.warn('A message has words that moderators look for.', {
        sender,
        conversation: conversation.id,
        found,
      });
      await app.sendMessage({
        conversation: moderators,
        from,
        content: writeText(`${sender} wrote in ${where} (${found.join(', ')}): ${text}`),
      });
    }

    return {
      before: {
        // Who edits waits for the answer, so nobody waits for the alert here; a rejection is logged by the server.
        messageUpdate({ conversation, sender, content, recall }, app) {
          if (!recall) void look(conversation, sender, content, app);
        },
      },
      after: {
        messageSent: ({ conversation, sender, content }, app) => look(conversation, sender, content, app),
      },
    };
  },
});
