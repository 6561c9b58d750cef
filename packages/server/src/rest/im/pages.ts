import Type from 'typebox';
import type { JsonObject } from '../../domain/json.ts';
import type { ClientPage } from '../../domain/moderation/list-moderated.ts';

export const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, description: '10 where absent, at most 100.' })),
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});

export const ClientPageAnswer = Type.Object({
  client_ids: Type.Array(Type.String()),
  next: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
});

export function clientPage({ clients, next }: ClientPage): JsonObject {
  return { client_ids: clients, ...(next !== undefined && { next }) };
}
