import protobuf from 'protobufjs/minimal.js';
import { push_server } from './generated/codec.js';
import type { GenericCommand } from './generated/messages.ts';

// Timestamps fit a double exactly, so 64-bit integers are plain numbers everywhere.
// @ts-expect-error the library's typings do not know that Long may be switched off
protobuf.util.Long = undefined;
protobuf.configure();

const codec = push_server.messages2.GenericCommand;

/** The bytes are no command. The connection that sent them is closed with 4114. */
export class UnparseableFrame extends Error {
  override readonly name = 'UnparseableFrame';
}

/**
 * Encodes exactly the fields that are present: an absent field and a written default are different things here
 * (`wire-protocol §3.1`).
 *
 * @example encodeCommand({ cmd: CommandType.echo, i: 1 }) // Uint8Array [ 8, 14, 40, 1 ]
 */
export function encodeCommand(command: GenericCommand): Uint8Array {
  return codec.encode(command).finish();
}

/**
 * Decodes one command. Absent fields are `undefined`, unknown fields are skipped, unknown enum values stay numbers.
 *
 * @throws UnparseableFrame
 */
export function decodeCommand(bytes: Uint8Array): GenericCommand {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw new UnparseableFrame('The frame is not an encoded command.', { cause: error });
  }
}

/** What differs between the recipients of one push. */
export type Envelope = Pick<GenericCommand, 'cmd' | 'peerId' | 'service'>;

/**
 * The small half of a push. Protobuf fields may come in any order, so envelope bytes followed by body bytes are one
 * valid command, and a push to a thousand recipients is encoded once.
 */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return codec.encode(envelope).finish();
}

/** The half of a push that all recipients share. */
export function encodeBody(body: Omit<GenericCommand, keyof Envelope>): Uint8Array {
  return codec.encode(body).finish();
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text form of `lc.proto2base64.3`: standard base64 of the encoded command. */
export function encodeText(command: GenericCommand): string {
  const bytes = encodeCommand(command);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** @throws UnparseableFrame */
export function decodeText(text: string): GenericCommand {
  if (!BASE64.test(text)) throw new UnparseableFrame('The frame is not base64.');
  return decodeCommand(Buffer.from(text, 'base64'));
}
