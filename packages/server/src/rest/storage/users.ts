import Type from 'typebox';
import { DataError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import { presentWithSession } from '../../domain/records/present.ts';
import { logIn as logInUser } from '../../domain/users/log-in.ts';
import { changePassword, refreshSession, userOfSession } from '../../domain/users/sessions.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { open } from '../schemas.ts';
import { identityOf } from './class-actions.ts';
import { ObjectIdText, requesterOf } from './parts.ts';

const common = { tag: 'Users', needs: 'app', messaging: false } as const;
const Path = Type.Object({ objectId: ObjectIdText });
const WholeUser = open(
  { objectId: Type.String(), sessionToken: Type.String() },
  'The user with everything it may see, and its session.',
);
/** SDKs send null for what they were not given. */
const TextOrNull = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const logIn = route({
  ...common,
  method: 'POST',
  path: '/1.1/login',
  summary: 'Log in with a password',
  audit: { not: 'a user acts for itself' },
  description: 'After more than 6 failures a user is locked for 15 minutes.',
  body: open({
    username: TextOrNull,
    email: TextOrNull,
    mobilePhoneNumber: TextOrNull,
    password: TextOrNull,
  }),
  answers: { 200: WholeUser },
  handle: async ({ world, caller, body }) =>
    ok(presentWithSession(await logInUser(world, caller, body as JsonObject))),
});

const me = route({
  ...common,
  method: 'GET',
  path: '/1.1/users/me',
  summary: 'Read the user whose session this is',
  query: Type.Object({
    session_token: Type.Optional(
      Type.String({ description: 'The session, where the header `X-LC-Session` does not carry it.' }),
    ),
  }),
  answers: { 200: WholeUser },
  async handle({ world, caller, query }) {
    const token = caller.userToken ?? query.session_token;
    const user = token === undefined ? undefined : await userOfSession(world, caller.app, token);
    if (user === undefined) throw new DataError('USER_NOT_FOUND');
    return ok(presentWithSession(user));
  },
});

const refresh = route({
  ...common,
  method: 'PUT',
  path: '/1.1/users/:objectId/refreshSessionToken',
  summary: 'End all sessions of a user and begin a new one',
  audit: { action: 'user.end-sessions' },
  params: Path,
  answers: { 200: WholeUser },
  async handle(context) {
    const { world, params } = context;
    const requester = await requesterOf(context);
    return ok(presentWithSession(await refreshSession(world, requester, params.objectId)));
  },
});

const updatePassword = route({
  ...common,
  method: 'PUT',
  path: '/1.1/users/:objectId/updatePassword',
  summary: 'Change a password, knowing the present one',
  audit: { action: 'user.change-password' },
  params: Path,
  body: open({ old_password: TextOrNull, new_password: TextOrNull }),
  answers: {
    200: Type.Object({ updatedAt: Type.String(), objectId: Type.String(), sessionToken: Type.String() }),
  },
  async handle(context) {
    const { world, params, body } = context;
    const requester = await requesterOf(context);
    const user = await changePassword(world, requester, params.objectId, body as JsonObject);
    return ok({ ...identityOf(user), sessionToken: user.secrets.sessionToken });
  },
});

/** Users beyond what every class can do (`storage-subset §6`). */
export const userRoutes: readonly RestRoute[] = [logIn, me, refresh, updatePassword];
