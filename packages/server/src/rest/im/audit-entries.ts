import Type from 'typebox';
import type { AuditEntry } from '../../domain/ports/audit.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { AnyObject, Instant } from '../schemas.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const Name = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }));

const Entry = Type.Object({
  id: Type.Integer(),
  at: Type.String(),
  action: Type.String({ description: 'Such as `client.kick`.' }),
  target: Type.Optional(Type.String({ description: 'The id of what it was done to.' })),
  via: Type.String({
    description: '`rest`, `hook`, `cli`, `configuration`, or `program` for code that embeds the server.',
  }),
  user: Type.Optional(Type.String({ description: 'Of the operating system, for commands.' })),
  address: Type.Optional(Type.String({ description: 'Network address it came from.' })),
  details: AnyObject('What was asked; never a secret.'),
  failed: Type.Optional(
    Type.Literal(true, { description: 'It ended with a fault, so it may have been done by half.' }),
  ),
});

/** Who administered the app, and what they did (F-SEC-16). */
export const auditRoutes: readonly RestRoute[] = [
  route({
    method: 'GET',
    path: '/1.2/rtm/audit',
    tag: 'Whole app',
    summary: 'Read who administered the app',
    description: 'The newest first. A short page is the last.',
    needs: 'master',
    messaging: false,
    query: Type.Object({
      since: Type.Optional(Instant('From this time on, in milliseconds.')),
      until: Type.Optional(Instant('Before this time, in milliseconds.')),
      action: Name('Only this action.'),
      target: Name('Only what was done to this.'),
      before: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Older than this entry: the last `id` of the page before.' }),
      ),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, description: `${DEFAULT_LIMIT} where absent, at most ${MAX_LIMIT}.` }),
      ),
    }),
    answers: { 200: Type.Object({ results: Type.Array(Entry) }) },
    async handle({ world, caller, query }) {
      const { limit = DEFAULT_LIMIT, ...filters } = query;
      const entries = await world.store.audit.list({
        app: caller.app.key,
        ...filters,
        limit: Math.min(limit, MAX_LIMIT),
      });
      return ok({ results: entries.map(answerOf) });
    },
  }),
];

const answerOf = ({ at, ...entry }: AuditEntry) => ({ ...entry, at: new Date(at).toISOString() });
