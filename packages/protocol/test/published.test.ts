import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeCommand, encodeCommand, type GenericCommand } from '../src/index.ts';
import { publishedSchemas } from './published-schema.ts';

const PROTO = fileURLToPath(new URL('../src/messages.proto', import.meta.url));
const own = protobuf.loadSync(PROTO).lookup('push_server.messages2') as protobuf.Namespace;

/** As the other codec's result is shown: bytes as hex, absent fields absent. */
function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, field]) => field !== undefined && field !== null);
  return Object.fromEntries(present.map(([name, field]) => [name, shown(field)]));
}

describe.each(publishedSchemas)(
  'the codec beside the one inside $name',
  ({ encode, decode, commands, fields, enumerations }) => {
    it('reads every command that SDK writes', () => {
      fc.assert(
        fc.property(commands, (command) => {
          expect(shown(decodeCommand(encode(command)))).toEqual(shown(command));
        }),
        { numRuns: 500 },
      );
    });

    it('writes every command so that the SDK reads it', () => {
      fc.assert(
        fc.property(commands, (command) => {
          expect(decode(encodeCommand(command as GenericCommand))).toEqual(shown(command));
        }),
        { numRuns: 500 },
      );
    });

    it('gives every field the number and type it has there', () => {
      const differences: string[] = [];
      for (const [type, theirs] of fields) {
        const ours = own.lookupType(type);
        for (const { name, id, type: kind, repeated } of theirs.values()) {
          const field = Object.values(ours.fields).find((candidate) => candidate.id === id);
          const kinds =
            field === undefined ? '' : (field.resolve().resolvedType?.constructor.name ?? field.type);
          const same =
            kinds === kind.name ||
            (kinds === 'Enum' && kind.name === 'enum') ||
            (kinds === 'Type' && kind.name === 'message');
          if (!same || field?.repeated !== repeated) differences.push(`${type}.${name} = ${id}`);
        }
      }
      expect(differences).toEqual([]);
    });

    it('gives every command and operation the number it has there', () => {
      for (const [name, values] of enumerations) {
        expect(own.lookupEnum(name).values).toMatchObject(values);
      }
    });
  },
);
