import Type from 'typebox';
import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import { badParameter, envelopeOf, refusalFrom } from '../rest-error.ts';
import { ok, type RestRoute, route } from '../route.ts';
import { open } from '../schemas.ts';
import { type Context, Dispatcher, objectIn, textIn } from './dispatcher.ts';
import { TAG } from './parts.ts';

/** SDKs send about a hundred; no maximum is documented, and the size of a body allows more than this. */
const MAX_REQUESTS = 10_000;

/** What each of them is like, is asked when its turn comes: one that is malformed is no reason to refuse the others. */
export const Requests = Type.Object({
  requests: Type.Array(
    Type.Unknown({
      description:
        'An object with `method`, `path` such as `/1.1/classes/Note`, `body`, and `params` that would stand in the URL.',
    }),
    { maxItems: MAX_REQUESTS },
  ),
});

/** Several requests in one, in their order; one that fails does not stop the others (`storage-subset §5.5`). */
export function batchRoute(routes: readonly RestRoute[]): RestRoute {
  const dispatcher = new Dispatcher(routes);
  return route({
    method: 'POST',
    path: '/1.1/batch',
    tag: TAG,
    summary: 'Make several requests in one',
    audit: { not: 'each request in it is, by itself' },
    needs: 'app',
    messaging: false,
    body: Requests,
    answers: {
      200: Type.Array(open({}, '`{"success": …}` or `{"error": …}`, in the order of the requests.')),
    },
    async handle(context) {
      const answers: JsonObject[] = [];
      for (const request of context.body.requests) {
        answers.push(await answerOf(dispatcher, context, request));
      }
      return ok(answers);
    },
  });
}

async function answerOf(dispatcher: Dispatcher, context: Context, given: unknown): Promise<JsonObject> {
  try {
    const request = requestIn(given);
    const { method, path } = { method: textIn(request, 'method'), path: textIn(request, 'path') };
    const [params, body] = [objectIn(request, 'params'), objectIn(request, 'body')];
    const answer = await dispatcher.perform(context, { method, path, params, body });
    const isMissing = method.toUpperCase() === 'GET' && isEmpty(answer.body);
    return { success: isMissing ? null : (answer.body as JsonObject) };
  } catch (error) {
    const refusal = refusalFrom(error);
    if (refusal === undefined) throw error;
    return { error: envelopeOf(refusal) };
  }
}

function isEmpty(body: unknown): boolean {
  return isJsonObject(body) && Object.keys(body).length === 0;
}

/** One of the requests of a body. @throws RestError 400 */
export function requestIn(given: unknown): JsonObject {
  if (!isJsonObject(given)) throw badParameter('Each of "requests" must be an object.');
  return given;
}
