import Type from 'typebox';
import { type LoginSignature, signForUser } from '../../domain/users/sign-for-user.ts';
import { ok, type RestRoute, route } from '../route.ts';

const tag = 'Client SDKs';

const SessionToken = Type.Object({
  session_token: Type.String({ minLength: 1, maxLength: 128, description: 'Session of a user of the app.' }),
});

const SignatureAnswer = Type.Object({
  client_id: Type.String({ description: 'Id of the user, with which it logs in.' }),
  timestamp: Type.Integer({ description: 'In milliseconds.' }),
  nonce: Type.String(),
  signature: Type.String(),
});

const answerOf = ({ client, timestamp, nonce, signature }: LoginSignature) =>
  ok({ nonce, timestamp, client_id: client, signature });

/** A login signature for who logged in to the app as a user (`rest §5.2.6`, `§6.1`). */
export const signRoutes: readonly RestRoute[] = [
  route({
    method: 'POST',
    path: '/1.1/rtm/sign',
    tag,
    summary: 'Sign the login of a user',
    audit: { not: 'changes nothing' },
    needs: 'app',
    body: SessionToken,
    answers: { 200: SignatureAnswer },
    handle: async ({ world, operator, body }) =>
      answerOf(await signForUser(world, operator, body.session_token)),
  }),
  route({
    method: 'GET',
    path: '/1.2/rtm/clients/sign',
    tag,
    summary: 'Sign the login of a user',
    audit: { not: 'changes nothing' },
    needs: 'app',
    query: SessionToken,
    answers: { 200: SignatureAnswer },
    handle: async ({ world, operator, query }) =>
      answerOf(await signForUser(world, operator, query.session_token)),
  }),
];
