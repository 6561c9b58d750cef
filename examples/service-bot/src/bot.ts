import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { HookRefused, type ParleyServer, verifyServiceWebhook } from '@parley/client/server';

export interface BotOptions {
  /** Parley, with the master key. */
  readonly server: ParleyServer;
  readonly service: string;
  /** The secret that Parley and the bot share. */
  readonly hookKey: string;
  /** What to say to somebody who wrote this; nothing if it is `undefined`. */
  answer(question: string, sender: string): string | undefined;
}

/** Handles the calls of Parley, which bring what people write to the service, and answers them over REST. */
export function createBot({ server, service, hookKey, answer }: BotOptions) {
  const answered = new Set<string>();

  async function handle(headers: NodeJS.Dict<string | string[]>, body: string): Promise<void> {
    for (const message of verifyServiceWebhook({ headers, body }, { hookKey })) {
      // Parley calls again where it heard no answer, so a message may come twice.
      if (message.conversationId !== service || answered.has(message.messageId)) continue;
      const reply = answer(textOf(message.data), message.from);
      if (reply !== undefined) await server.send({ service, to: [message.from] }, reply, { from: 'bot' });
      answered.add(message.messageId);
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await handle(request.headers, await text(request));
      response.writeHead(204).end();
    } catch (error) {
      // A 4xx says that trying again is of no use.
      response.writeHead(error instanceof HookRefused ? 403 : 500).end();
    }
  };
}

/** What a text message says; typed messages travel as JSON. */
function textOf(data: string): string {
  try {
    const { _lctext: text } = JSON.parse(data);
    return typeof text === 'string' ? text : '';
  } catch {
    return data;
  }
}
