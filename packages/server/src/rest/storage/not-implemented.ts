import type { FastifyInstance } from 'fastify';
import { DataError } from '../../domain/errors.ts';

/** What SDKs can call and this server does not do, and what to do instead (`storage-subset §10`). */
const AREAS: Readonly<Record<string, readonly string[]>> = {
  'CQL; send the same condition as "where"': ['/1.1/cloudQuery'],
  'scanning; query with "skip" and "limit"': ['/1.1/scan/*'],
  'roles; name users in the ACL': ['/1.1/roles', '/1.1/roles/*'],
  'full-text search': ['/1.1/search/*'],
  'status feeds': ['/1.1/statuses', '/1.1/statuses/*', '/1.1/subscribe/*'],
  friendship: [
    '/1.1/users/:objectId/friendship',
    '/1.1/users/:objectId/friendship/*',
    '/1.1/users/:objectId/followers',
    '/1.1/users/:objectId/followees',
    '/1.1/users/:objectId/followersAndFollowees',
    '/1.1/users/self/friendBlocklist',
    '/1.1/users/self/friendBlocklist/*',
    '/1.1/users/friendshipRequests',
    '/1.1/users/friendshipRequests/*',
    '/1.1/users/strictlyQuery',
  ],
  leaderboards: ['/1.1/leaderboard', '/1.1/leaderboard/*'],
  'SMS and captchas are not configured': [
    '/1.1/requestSmsCode',
    '/1.1/verifySmsCode/*',
    '/1.1/usersByMobilePhone',
    '/1.1/requestCaptcha',
    '/1.1/verifyCaptcha',
    '/1.1/requestMobilePhoneVerify',
    '/1.1/verifyMobilePhone/*',
    '/1.1/requestLoginSmsCode',
    '/1.1/requestPasswordResetBySmsCode',
    '/1.1/resetPasswordBySmsCode/*',
    '/1.1/requestChangePhoneNumber',
    '/1.1/changePhoneNumber',
  ],
  'mail is not configured; the app’s server sets passwords with the master key': [
    '/1.1/requestEmailVerify',
    '/1.1/requestPasswordReset',
  ],
  'sending push notifications; messages are pushed to who is offline': ['/1.1/push'],
  'cloud functions; call the server they run on': ['/1.1/functions/*', '/1.1/call/*'],
  'schemas and exports': ['/1.1/schemas', '/1.1/schemas/*', '/1.1/exportData', '/1.1/exportData/*'],
  'statistics of the data API': ['/1.1/stats/*', '/1.1/statistics/*'],
  'live queries': ['/1.1/LiveQuery/*'],
  'file moderation': ['/1.1/files/:objectId/censor'],
  bigquery: ['/1.1/bigquery/*'],
  'management of cloud engines': ['/__engine/*'],
};

/** One sentence instead of a page that is not there. */
export function refuseNotImplemented(http: FastifyInstance): void {
  for (const [what, paths] of Object.entries(AREAS)) {
    const { code } = new DataError('CLASS_NOT_KEPT');
    const body = { code, error: `Not implemented: ${what}.` };
    for (const path of paths) {
      http.all(path, async (_request, reply) => reply.code(404).send(body));
    }
  }
}
