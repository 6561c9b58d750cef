import { createServer, createSigner, type HistoryQuery, type Operation } from '@parley/client/server';
import Fastify, { type FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Accounts } from './accounts.ts';
import { objection } from './rules.ts';

const MAX_BODY = 64 * 1024;
const MAX_MEMBERS = 500;

const Id = Type.String({ minLength: 1, maxLength: 64 });
const Members = Type.Array(Id, { maxItems: MAX_MEMBERS });

const LogIn = Type.Object({ name: Id, password: Type.String({ maxLength: 256 }) });

/** What the SDK asks about, as it stands. */
const Asked = Type.Union([
  Type.Object({ action: Type.Literal('login'), clientId: Id }),
  Type.Object({ action: Type.Literal('create'), clientId: Id, members: Members }),
  Type.Object({
    action: Type.Enum(['invite', 'kick', 'conversation-block-clients', 'conversation-unblock-clients']),
    clientId: Id,
    conversationId: Id,
    members: Members,
  }),
  Type.Object({ action: Type.Literal('history'), clientId: Id, conversationId: Id }),
]);

export interface SigningServerOptions {
  /** Of Parley. */
  readonly url: string;
  readonly appId: string;
  /** Stays here: whoever has it may do everything. */
  readonly masterKey: string;
  readonly accounts: Accounts;
}

/** An app's own server: logs users in by the app's own means, and signs what they may do in Parley. */
export function signingServer({ accounts, ...app }: SigningServerOptions): FastifyInstance {
  const sign = createSigner(app);
  const parley = createServer(app);
  const http = Fastify({ bodyLimit: MAX_BODY });

  http.post('/login', { schema: { body: LogIn } }, async (request, reply) => {
    const { name, password } = request.body as Static<typeof LogIn>;
    const token = await accounts.logIn(name, password);
    if (token === undefined) return reply.code(401).send({ error: 'Name or password is wrong.' });
    return { token };
  });

  http.post('/sign', { schema: { body: Asked } }, async (request, reply) => {
    const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    const user = accounts.whose(token);
    if (user === undefined) return reply.code(401).send({ error: 'Log in first.' });
    const operation = request.body as Operation | HistoryQuery;
    const error = await objection(user, operation, { accounts, parley });
    if (error !== undefined) return reply.code(403).send({ error });
    return sign(operation);
  });

  return http;
}
