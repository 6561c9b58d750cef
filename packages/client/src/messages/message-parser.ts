import type { DirectCommand, LogItem, PatchItem, UnreadTuple } from '@parley/protocol/wire';
import { localError } from '../errors.ts';
import { asNumber, asString, asStrings, type JsonObject, parseObject } from '../json.ts';
import { decodeBase64 } from './base64.ts';
import { type Envelope, type Message, withEnvelope } from './message.ts';
import {
  BinaryMessage,
  builtInTypes,
  PlainMessage,
  RecalledMessage,
  UnknownMessage,
} from './message-types.ts';
import type { MessageType } from './typed-message.ts';

type Body = string | Uint8Array;

/** Makes messages of what travels. */
export class MessageParser {
  readonly #types: ReadonlyMap<number, MessageType>;

  /** @param custom types of the app; they come before built-in ones */
  constructor(custom: readonly MessageType[] = []) {
    this.#types = new Map([...builtInTypes, ...custom].map((type) => [type.type, type]));
    const numbers = new Set(custom.map(({ type }) => type));
    if (numbers.size < custom.length)
      throw localError('INVALID_ARGUMENT', 'Two message types with one number.');
  }

  /** Whatever arrives becomes some message; nothing of it can throw. */
  parse(body: Body, envelope: Envelope): Message {
    return withEnvelope(this.#content(body), { ...envelope, body });
  }

  fromDirect(direct: DirectCommand): Message {
    const { id = '', cid = '', fromPeerId = '', timestamp = 0 } = direct;
    return this.parse(direct.binaryMsg ?? direct.msg ?? '', {
      key: id,
      id,
      conversationId: cid,
      from: fromPeerId,
      timestamp,
      status: 'sent',
      editedAt: direct.patchTimestamp,
      mentioned: direct.mentionPids,
      mentionsEveryone: direct.mentionAll,
      isTransient: direct.transient,
    });
  }

  fromLog(conversationId: string, item: LogItem): Message {
    const { msgId = '', from = '', timestamp = 0, data = '' } = item;
    return this.parse(item.bin === true ? decodeBase64(data) : data, {
      key: msgId,
      id: msgId,
      conversationId,
      from,
      timestamp,
      status: 'sent',
      editedAt: item.patchTimestamp,
      deliveredAt: item.ackAt,
      readAt: item.readAt,
      mentioned: item.mentionPids,
      mentionsEveryone: item.mentionAll,
    });
  }

  fromPatch(patch: PatchItem): Message {
    const { cid = '', mid = '', from = '', timestamp = 0 } = patch;
    return this.parse(patch.binaryMsg ?? patch.data ?? '', {
      key: mid,
      id: mid,
      conversationId: cid,
      from,
      timestamp,
      status: 'sent',
      editedAt: patch.patchTimestamp,
      mentioned: patch.mentionPids,
      mentionsEveryone: patch.mentionAll,
    });
  }

  /** `undefined` where the tuple has no message. */
  fromUnread(tuple: UnreadTuple): Message | undefined {
    const { cid = '', mid, from = '', timestamp = 0, patchTimestamp } = tuple;
    if (mid === undefined) return undefined;
    const body = tuple.binaryMsg ?? tuple.data ?? '';
    const envelope = { key: mid, id: mid, conversationId: cid, from, timestamp };
    return this.parse(body, { ...envelope, status: 'sent', editedAt: patchTimestamp });
  }

  /** The last message in the record of a conversation, if it has one. */
  fromRecord(conversationId: string, record: JsonObject): Message | undefined {
    const id = asString(record.msg_mid);
    const data = asString(record.msg);
    if (id === undefined || data === undefined) return undefined;
    return this.parse(record.bin === true ? decodeBase64(data) : data, {
      key: id,
      id,
      conversationId,
      from: asString(record.msg_from) ?? '',
      timestamp: asNumber(record.msg_timestamp) ?? 0,
      status: 'sent',
      editedAt: asNumber(record.patch_timestamp),
      mentioned: asStrings(record.mention_pids),
      mentionsEveryone: record.mention_all === true,
    });
  }

  #content(body: Body): Message {
    if (typeof body !== 'string') return new BinaryMessage(body);
    const fields = parseObject(body);
    if (fields === undefined || !Number.isInteger(fields._lctype)) return new PlainMessage(body);
    try {
      return this.#types.get(Number(fields._lctype))?.parse(fields) ?? new UnknownMessage(fields);
    } catch {
      return new UnknownMessage(fields);
    }
  }
}

export const isRecalled = (message: Message): boolean => message instanceof RecalledMessage;
