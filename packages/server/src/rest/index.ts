import type { FastifyInstance } from 'fastify';
import type { About } from './documentation/openapi.ts';
import { serveDocumentation } from './documentation/serve-documentation.ts';
import { imRoutes } from './im/index.ts';
import type { RestRoute, RestServices } from './route.ts';
import { serveRoutes } from './serve.ts';
import { storageRoutes } from './storage/index.ts';
import { refuseNotImplemented } from './storage/not-implemented.ts';
import { serveFiles } from './storage/serve-files.ts';

export type { FileService, RestServices } from './route.ts';

/** Every route, area by area. */
export const routes: readonly RestRoute[] = [...imRoutes, ...storageRoutes];

export async function registerRest(
  http: FastifyInstance,
  services: RestServices,
  about: About,
): Promise<void> {
  await serveRoutes(http, services, routes);
  serveDocumentation(http, routes, about);
  refuseNotImplemented(http);
  await serveFiles(http, services);
}
