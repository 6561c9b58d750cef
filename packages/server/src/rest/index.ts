import type { FastifyInstance } from 'fastify';
import { memberInfo } from './im/member-info.ts';
import { notifications } from './im/notifications.ts';
import type { RestRoute, RestServices } from './route.ts';
import { serveRoutes } from './serve.ts';

export type { RestServices } from './route.ts';

/** What client SDKs call by themselves (`rest §6`). */
const sdkRoutes: readonly RestRoute[] = [notifications, memberInfo];

/** Every route, area by area. */
export const routes: readonly RestRoute[] = [...sdkRoutes];

export async function registerRest(http: FastifyInstance, services: RestServices): Promise<void> {
  await serveRoutes(http, services, routes);
}
