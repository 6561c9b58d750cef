import { definePlugin, readText, writeText } from '@parley/server/plugin';
import { answerTo, readOptions } from './answers.ts';

/** Answers whoever writes to a service; nobody else sees question or answer. */
export default definePlugin({
  api: 1,
  name: 'auto-reply-bot',
  options: readOptions,
  start: (_parley, options) => ({
    after: {
      async messageSent({ conversation, sender, content, transient }, app) {
        if (conversation.id !== options.service || transient) return;
        const answer = answerTo(readText(content) ?? '', options);
        if (answer === undefined) return;
        await app.sendServiceMessage({
          service: options.service,
          from: options.from,
          content: writeText(answer),
          to: [sender],
        });
      },
    },
  }),
});
