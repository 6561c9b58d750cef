import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CommandType,
  decodeCommand,
  decodeText,
  encodeBody,
  encodeCommand,
  encodeEnvelope,
  encodeText,
  errorTable,
  OpType,
  UnparseableFrame,
} from '../src/index.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe('a command', () => {
  it('keeps what is present apart from what is absent, also where it is a default', () => {
    const written = {
      cmd: CommandType.conv,
      op: OpType.start,
      i: 0,
      peerId: '',
      convMessage: { transient: false, limit: 0, m: ['Tom'], cid: '' },
    };
    const read = decodeCommand(encodeCommand(written));
    expect(read).toMatchObject(written);
    expect(read.appId).toBeUndefined();
    expect(read.convMessage?.unique).toBeUndefined();
    expect(read.convMessage?.skip).toBeUndefined();
    expect(read.directMessage).toBeUndefined();
    expect(encodeCommand({ cmd: CommandType.echo })).toHaveLength(2);
  });

  it('carries 64-bit integers as numbers, as far as numbers go', () => {
    for (const t of [0, 1, 1_700_000_000_000, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      const read = decodeCommand(encodeCommand({ cmd: CommandType.ack, ackMessage: { t } }));
      expect(read.ackMessage?.t).toBe(t);
    }
  });

  it('survives numbers of commands, operations and fields that nobody knows yet', () => {
    const unknownNumbers = Uint8Array.of(0x08, 0x7f, 0x10, 0xf4, 0x03);
    expect(decodeCommand(unknownNumbers)).toMatchObject({ cmd: 127, op: 500 });
    // Field 1000 as text, then `i`.
    const unknownField = Uint8Array.of(0xc2, 0x3e, 0x02, 0x68, 0x69, 0x28, 0x07);
    expect(decodeCommand(unknownField).i).toBe(7);
  });

  it('is one whole where a shared half follows a recipient’s own', () => {
    const envelope = { cmd: CommandType.direct, peerId: 'Jerry', service: 2 };
    const body = { serverTs: 5, directMessage: { cid: 'c', msg: 'hello', timestamp: 5 } };
    const joined = Buffer.concat([encodeEnvelope(envelope), encodeBody(body)]);
    expect(decodeCommand(joined)).toMatchObject({ ...envelope, ...body });
  });

  it('brings the bytes that Java writes into the text of an edit as bytes', () => {
    const item = { cid: 'c', mid: 'm', timestamp: 1, data: 'AAAA' };
    const frame = Buffer.from(encodeCommand({ cmd: CommandType.patch, patchMessage: { patches: [item] } }));
    const asWritten = (bytes: readonly number[]) => {
      const changed = Buffer.from(frame);
      changed.set(bytes, frame.indexOf('AAAA'));
      return decodeCommand(changed).patchMessage?.patches?.[0];
    };
    const binary = asWritten([0xff, 0xfe, 0x00, 0x80]);
    expect(binary?.data).toBeUndefined();
    expect([...(binary?.binaryMsg ?? [])]).toEqual([0xff, 0xfe, 0x00, 0x80]);
    const text = asWritten([...Buffer.from('😀')]);
    expect(text?.data).toBe('😀');
    expect(text?.binaryMsg).toBeUndefined();
  });

  it('travels as text too', () => {
    const command = { cmd: CommandType.direct, directMessage: { msg: 'ü😀' } };
    const text = encodeText(command);
    expect(text).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(decodeText(text)).toMatchObject(command);
  });
});

describe('bytes that are no command', () => {
  it('are told as such and as nothing else, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeCommand(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UnparseableFrame);
        }
      }),
      { numRuns: 3000 },
    );
    expect(() => decodeCommand(Uint8Array.of(0xff, 0xff, 0xff))).toThrow(UnparseableFrame);
  });

  it('are a whole command that was cut or changed somewhere', () => {
    const whole = encodeCommand({
      cmd: CommandType.conv,
      op: OpType.start,
      convMessage: { m: ['Tom', 'Jerry'], attr: { data: '{"name":"n"}' }, unique: true },
    });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const broken = cut
          ? whole.slice(0, at)
          : Uint8Array.from(whole, (old, index) => (index === at ? byte : old));
        try {
          decodeCommand(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(UnparseableFrame);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('nest without end only as far as the stack carries', () => {
    const deep = Buffer.alloc(100_000, 0x0b);
    expect(() => decodeCommand(deep)).toThrow(UnparseableFrame);
  });

  it('are text that is no base64', () => {
    for (const text of ['*', 'AAA', 'A===', 'CA 4=', 'CA4=\n', '{}']) {
      expect(() => decodeText(text)).toThrow(UnparseableFrame);
    }
  });
});

describe('the tables', () => {
  it('give each error a code of its own and a meaning', () => {
    const rows = Object.values(errorTable);
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
    expect(rows.every(({ meaning }) => meaning.length > 10)).toBe(true);
  });

  it('are what the generator makes of the schema', () => {
    const { status, stderr } = spawnSync(process.execPath, [here('../generate.mjs'), '--check']);
    expect([status, stderr.toString()]).toEqual([0, '']);
  });
});
