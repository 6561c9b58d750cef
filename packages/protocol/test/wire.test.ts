import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as full from '../src/index.ts';
import { decodeUtf8, encodeUtf8 } from '../src/utf8.ts';
import {
  CommandType,
  decodeCommand,
  encodeCommand,
  type GenericCommand,
  OpType,
  UnparseableFrame,
} from '../src/wire.ts';

const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, 1, -1, 127, 128, 2 ** 31, 2 ** 32, 1_700_000_000_000),
);
const int32 = fc.oneof(fc.integer(), fc.constantFrom(0, -1, -65_535));
const text = fc.string({ unit: 'grapheme' });

/** A record of some of these fields. */
const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });

const commands: fc.Arbitrary<GenericCommand> = some({
  cmd: fc.constantFrom(...Object.values(CommandType), 99),
  op: fc.constantFrom(...Object.values(OpType), 999),
  appId: text,
  peerId: text,
  i: int32,
  serverTs: number,
  sessionMessage: some({ t: number, n: text, r: fc.boolean(), sessionPeerIds: fc.array(text), stTtl: int32 }),
  errorMessage: some({ code: int32, reason: text, pids: fc.array(text) }),
  directMessage: some({
    msg: text,
    cid: text,
    timestamp: number,
    transient: fc.boolean(),
    binaryMsg: fc.uint8Array(),
    mentionPids: fc.array(text),
  }),
  unreadMessage: some({
    convs: fc.array(some({ cid: text, unread: int32, timestamp: number, mentioned: fc.boolean() })),
    notifTime: number,
  }),
  logsMessage: some({
    cid: text,
    l: int32,
    logs: fc.array(some({ from: text, data: text, bin: fc.boolean() })),
  }),
  convMessage: some({
    m: fc.array(text),
    where: some({ data: fc.json() }),
    results: some({ data: fc.json() }),
    failedPids: fc.array(some({ code: int32, pids: fc.array(text) })),
    info: some({ pid: text, role: text }),
    maxReadTuples: fc.array(some({ pid: text, maxReadTimestamp: number })),
  }),
  patchMessage: some({
    patches: fc.array(
      some({ cid: text, mid: text, recall: fc.boolean(), data: text, patchTimestamp: number }),
    ),
    lastPatchTime: number,
  }),
});

/** Without what an empty list leaves: nothing travels for it. */
function withoutEmptyLists(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => !Array.isArray(inner) || inner.length > 0);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutEmptyLists(inner)]));
}

describe('the small codec', () => {
  it('writes byte for byte what the full one writes', () => {
    fc.assert(
      fc.property(commands, (command) => {
        expect(encodeCommand(command)).toEqual(Uint8Array.from(full.encodeCommand(command)));
      }),
    );
  });

  it('reads what the full one reads', () => {
    fc.assert(
      fc.property(commands, (command) => {
        const read = decodeCommand(full.encodeCommand(command));
        expect(withoutEmptyLists(read)).toEqual(withoutEmptyLists(command));
      }),
    );
  });

  it('reads any bytes, or says that they are no command', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeCommand(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UnparseableFrame);
        }
      }),
    );
  });

  it('skips fields that nobody knows yet', () => {
    // Field 1000 as text, then `i`.
    expect(decodeCommand(Uint8Array.of(0xc2, 0x3e, 0x02, 0x68, 0x69, 0x28, 0x07))).toEqual({ i: 7 });
  });
});

describe('UTF-8 by hand', () => {
  it('agrees with the platform on every text, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
        for (const each of [a, b, `${a}\uD83D${b}`]) {
          const bytes = new TextEncoder().encode(each);
          expect(encodeUtf8(each)).toEqual(bytes);
          expect(decodeUtf8(bytes)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
        }
      }),
    );
  });

  it('never fails on bytes that are no text', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void encodeUtf8(decodeUtf8(bytes))));
    expect(decodeUtf8(Uint8Array.of(0xff, 0x61, 0xc0, 0x80, 0xe2, 0x82))).toContain('a');
  });
});
