import type { GenericCommand } from './messages.ts';

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

export const push_server: { readonly messages2: { readonly GenericCommand: Codec<GenericCommand> } };
