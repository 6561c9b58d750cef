import type { TObject, TSchema } from 'typebox';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Needs, RestRoute } from '../route.ts';
import { Failure } from '../schemas.ts';

export interface About {
  readonly version: string;
}

/** The document of the API, made of what the routes check (OpenAPI 3.1). */
export function openApiDocument(routes: readonly RestRoute[], { version }: About): JsonObject {
  const paths = new Map<string, Record<string, JsonValue>>();
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const operations = paths.get(path) ?? {};
    paths.set(path, operations);
    operations[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley REST API',
      version,
      description: 'For servers of an app, and for what its client SDKs call by themselves.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: { securitySchemes, schemas: { Failure: plain(Failure) } },
  };
}

const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description });

const securitySchemes = {
  appId: header('X-LC-Id', 'Id of the app.'),
  appKey: header('X-LC-Key', 'Key of the app.'),
  masterKey: header('X-LC-Key', 'The master key, followed by `,master`.'),
  imSession: header('X-LC-IM-Session-Token', 'Session token of the client in `client_id`.'),
} as const;

const MASTER = { appId: [], masterKey: [] };
const APP = { appId: [], appKey: [] };

const security: Readonly<Record<Needs, readonly JsonObject[]>> = {
  app: [APP, MASTER],
  session: [{ ...APP, imSession: [] }, MASTER],
  conversations: [MASTER, APP],
  master: [MASTER],
};

function operationOf(route: RestRoute): JsonObject {
  const { tag, summary, description, params, query, body, answers, needs } = route;
  const textBody = { content: { 'text/plain': { schema: { type: 'string' } } } };
  const parameters = [...parametersOf('path', params), ...parametersOf('query', query)];
  const byQuery =
    route.bodyFromQuery === true ? ' Keys that are not in the body are read from the query.' : '';
  const text = `${description ?? ''}${byQuery}`.trim();
  return {
    operationId: operationIdOf(route),
    tags: [tag],
    summary,
    ...(text !== '' && { description: text }),
    security: security[needs],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: (body.required ?? []).length > 0 && route.bodyFromQuery !== true,
        content: json(body),
      },
    }),
    ...(route.takesText === true && { requestBody: textBody }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          { description: Number(status) === 201 ? 'Created.' : 'Done.', content: json(schema) },
        ]),
      ),
      default: {
        description: 'Refused; nothing was changed.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
      },
    },
  };
}

/** `POST /1.2/rtm/chatrooms/:cid/messages` becomes `post-1.2-rtm-chatrooms-cid-messages`. */
export function operationIdOf({ method, path }: Pick<RestRoute, 'method' | 'path'>): string {
  return `${method.toLowerCase()}${path.replaceAll('/:', '/').replaceAll('/', '-')}`;
}

function parametersOf(place: 'path' | 'query', schema: TObject | undefined): readonly JsonObject[] {
  if (schema === undefined) return [];
  const required = new Set<string>(schema.required ?? []);
  return Object.entries(schema.properties).map(([name, property]) => {
    const { description, ...shape } = plain(property);
    return {
      name,
      in: place,
      required: place === 'path' || required.has(name),
      ...(description !== undefined && { description }),
      // Objects and lists travel as JSON text.
      ...(isStructured(shape) ? { content: { 'application/json': { schema: shape } } } : { schema: shape }),
    };
  });
}

function isStructured({ type }: JsonObject): boolean {
  return type === 'object' || type === 'array';
}

function json(schema: TSchema): JsonObject {
  return { 'application/json': { schema: plain(schema) } };
}

/** What only our own checks read. */
const OUR_OWN: ReadonlySet<string> = new Set(['x-rule', 'x-code', 'x-otherwise']);

function plain(schema: TSchema): JsonObject {
  const text = JSON.stringify(schema, (key, value) => (OUR_OWN.has(key) ? undefined : value));
  return JSON.parse(text);
}
