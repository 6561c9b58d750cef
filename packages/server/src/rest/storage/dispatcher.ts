import type { TObject } from 'typebox';
import Type from 'typebox';
import { DataError } from '../../domain/errors.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { isJsonObject } from '../../domain/json.ts';
import { perform } from '../audit.ts';
import { withinBudget } from '../budget.ts';
import { Checked } from '../parameters.ts';
import { badParameter, forbidden } from '../rest-error.ts';
import type { Answer, RestContext, RestRoute } from '../route.ts';

/** One request inside another. */
export interface InnerRequest {
  readonly method: string;
  readonly path: string;
  readonly params: JsonObject;
  readonly body: JsonObject;
}

interface Entry {
  readonly route: RestRoute;
  readonly segments: readonly string[];
  readonly params: Checked;
  readonly query: Checked;
  readonly body: Checked;
}

export type Context = RestContext<unknown, unknown, unknown>;

/** Performs requests of batches as the routes themselves would, checks and budgets included. */
export class Dispatcher {
  readonly #entries: readonly Entry[];

  constructor(routes: readonly RestRoute[]) {
    const checked = (schema: TObject | undefined) => new Checked(schema ?? Type.Object({}));
    this.#entries = routes
      .map((route) => ({
        route,
        segments: route.path.split('/'),
        params: checked(route.params),
        query: checked(route.query),
        body: checked(route.body),
      }))
      // A fixed name goes before a part that takes any.
      .sort((a, b) => parametersIn(a.segments) - parametersIn(b.segments));
  }

  /** @throws DataError, RestError, ImError as the route would answer */
  async perform(context: Context, { method, path, params, body }: InnerRequest): Promise<Answer> {
    const [plain = '', search = ''] = path.split('?', 2);
    const segments = plain.replace(/\/+/g, '/').replace(/\/$/, '').split('/').map(decoded);
    const entry = this.#entries.find(
      ({ route, segments: wanted }) => route.method === method.toUpperCase() && fits(wanted, segments),
    );
    if (entry === undefined) {
      throw new DataError(
        'CLASS_NOT_KEPT',
        `A batch cannot ask for ${method.toUpperCase()} ${plain.slice(0, 200)}.`,
      );
    }
    if (entry.route.needs !== 'app' && context.caller.level !== 'master') {
      throw forbidden('This needs the master key.');
    }
    const call = {
      ...context,
      params: entry.params.texts(namedIn(entry.segments, segments)),
      query: entry.query.texts({ ...Object.fromEntries(new URLSearchParams(search)), ...asTexts(params) }),
      body: entry.body.body(body),
    };
    return withinBudget(entry.route, call as never, () => perform(entry.route, call as never));
  }
}

/** A part of a request that is an object, or missing. @throws RestError 400 */
export function objectIn(request: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(request, name) ? request[name] : undefined;
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw badParameter(`"${name}" of a request must be an object.`);
}

/** @throws RestError 400 */
export function textIn(request: JsonObject, name: string): string {
  const value = Object.hasOwn(request, name) ? request[name] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw badParameter(`"${name}" of a request must be text.`);
}

/** Parameters are texts as in a URL; some SDKs put the JSON there as it is. */
function asTexts(params: JsonObject): Readonly<Record<string, string>> {
  const text = (value: JsonValue) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, text(value)]));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badParameter('The path of a request cannot be decoded.');
  }
}

function fits(wanted: readonly string[], given: readonly string[]): boolean {
  return (
    wanted.length === given.length &&
    wanted.every((segment, at) => (segment.startsWith(':') ? given[at] !== '' : segment === given[at]))
  );
}

function namedIn(wanted: readonly string[], given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    wanted.flatMap((segment, at) => (segment.startsWith(':') ? [[segment.slice(1), given[at] ?? '']] : [])),
  );
}

function parametersIn(segments: readonly string[]): number {
  return segments.filter((segment) => segment.startsWith(':')).length;
}
