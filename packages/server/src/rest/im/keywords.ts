import Type from 'typebox';
import { changeKeywords } from '../../domain/keyword-filter/change-keywords.ts';
import { MAX_LIST_BYTES } from '../../domain/keyword-filter/keyword-list.ts';
import { listKeywords } from '../../domain/keyword-filter/list-keywords.ts';
import { badParameter } from '../rest-error.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';

const tag = 'Keywords';
const path = '/1.2/rtm/keywords';
const MAX_LIMIT = 10_000;

const summary = {
  count: Type.Integer({ description: 'How many keywords the whole list has.' }),
  changed_at: Type.Optional(Type.String({ description: 'When it was replaced; absent where it never was.' })),
};

/** The words that no message of the app is to have (`semantics §9`). */
export const keywordRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'List the keywords that are filtered',
    needs: 'master',
    query: Type.Object({
      skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: MAX_LIMIT, description: `${MAX_LIMIT} where absent.` }),
      ),
    }),
    answers: { 200: Type.Object({ ...summary, keywords: Type.Array(Type.String()) }) },
    async handle({ world, caller, query }) {
      const { skip = 0, limit = MAX_LIMIT } = query;
      const { keywords, count, changedAt } = await listKeywords(world, caller.app, { skip, limit });
      return ok({ keywords, count, ...changedAtOf(changedAt) });
    },
  }),
  route({
    method: 'PUT',
    path,
    tag,
    summary: 'Replace the keywords that are filtered',
    description:
      'The body is the file: plain text in UTF-8, one keyword a line. Messages are held against it from the answer on.',
    needs: 'master',
    audit: { action: 'keywords.change' },
    takesText: true,
    bodyLimit: MAX_LIST_BYTES,
    answers: { 200: Type.Object(summary) },
    async handle({ world, operator, text, note }) {
      if (text.trim() === '') throw badParameter('The body is empty. To filter nothing, use DELETE.');
      const { count, changedAt } = await changeKeywords(world, operator, text);
      note({ bytes: Buffer.byteLength(text) });
      return ok({ count, ...changedAtOf(changedAt) });
    },
  }),
  route({
    method: 'DELETE',
    path,
    tag,
    summary: 'Filter nothing any more',
    needs: 'master',
    audit: { action: 'keywords.clear' },
    answers: { 200: Empty },
    async handle({ world, operator }) {
      await changeKeywords(world, operator, '');
      return ok({});
    },
  }),
];

function changedAtOf(changedAt: number | undefined): { readonly changed_at?: string } {
  return changedAt === undefined ? {} : { changed_at: new Date(changedAt).toISOString() };
}
