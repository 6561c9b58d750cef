import Type, { type TObject, type TProperties, type TSchema } from 'typebox';
import type { JsonObject } from '../domain/json.ts';

const MAX_CLIENT_ID = 64;

/**
 * 1–64 UTF-16 units of any kind: the server side may name clients that no SDK could (`rest §1.5`). Half a character is
 * none: kept as UTF-8, two different ones would be one client.
 */
export const ClientIdText = Type.Refine(
  Type.String({
    description: 'Client id, 1 to 64 characters.',
    minLength: 1,
    maxLength: MAX_CLIENT_ID,
    'x-code': 4103,
    'x-rule': `must be text of 1 to ${MAX_CLIENT_ID} characters`,
  }),
  (text) => text.length <= MAX_CLIENT_ID && text.isWellFormed(),
);

export const Instant = (description: string) =>
  Type.Integer({ description, minimum: 0, maximum: 8.64e15, 'x-rule': 'must be a time in milliseconds' });

/** Any JSON object. */
export const AnyObject = (description: string) =>
  Type.Unsafe<JsonObject>(Type.Object({}, { description, additionalProperties: true }));

/** What most writes answer with. */
export const Empty = Type.Object({}, { description: 'Nothing to say: `{}`.' });

export const Failure = Type.Object(
  {
    code: Type.Integer({ description: 'Code of the error table.' }),
    error: Type.String({ description: 'Name of the error, or a sentence.' }),
    detail: Type.Optional(Type.String({ description: 'A sentence about this case.' })),
  },
  { description: 'Why the request was refused. Nothing was changed.' },
);

/** An object most of whose keys may be missing. */
export function open<Known extends TProperties>(known: Known, description?: string): TObject<Known> {
  return Type.Object(known, {
    additionalProperties: true,
    ...(description !== undefined && { description }),
  });
}

export const listOf = <Item extends TSchema>(items: Item, description: string) =>
  Type.Array(items, { description });
