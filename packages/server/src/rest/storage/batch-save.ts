import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { isJsonObject } from '../../domain/json.ts';
import { isList } from '../../domain/query/document.ts';
import type { Requester } from '../../domain/records/requester.ts';
import { userOfSession } from '../../domain/users/sessions.ts';
import { recordPart } from '../audit.ts';
import { badParameter } from '../rest-error.ts';
import { type Answer, ok, route } from '../route.ts';
import { open } from '../schemas.ts';
import { actionsOf, classNamed } from './actions-of-class.ts';
import { auditRuleOf } from './audited-classes.ts';
import { Requests, requestIn } from './batch.ts';
import type { ClassRequest } from './class-actions.ts';
import { objectIn, textIn } from './dispatcher.ts';
import { requesterOf, TAG } from './parts.ts';

const CLASS_OF_ALIAS: Readonly<Record<string, string>> = {
  users: '_User',
  installations: '_Installation',
  files: '_File',
};

/** One object to save: what the entry says, once it is read. */
interface Entry {
  readonly method: 'POST' | 'PUT';
  readonly className: string;
  readonly id?: string;
  /** How the SDK names the object as long as it has no id. */
  readonly internalId: string;
  readonly fields: JsonObject;
  readonly params: JsonObject;
}

/** What an entry saved, for those after it. */
interface Saved {
  readonly className: string;
  readonly id: string;
  /** Of a user that signed up. */
  readonly session?: string;
}

/**
 * How Swift and ObjC save everything, and Java what needs several operations on one key (`storage-subset §5.6`). The
 * entries are done in their order; the first that is refused ends it.
 */
export const batchSave = route({
  method: 'POST',
  path: '/1.1/batch/save',
  tag: TAG,
  summary: 'Save several objects, new ones with references to each other',
  audit: { not: 'each object in it is, by itself' },
  needs: 'app',
  messaging: false,
  body: Requests,
  answers: { 200: open({}, 'What was saved, by the internal id of the object.') },
  async handle(context) {
    const { world, body } = context;
    const requester = await requesterOf(context);
    const saved = new Map<string, Saved>();
    const results = new Map<string, JsonObject>();
    for (const request of body.requests) {
      const entry = entryOf(requestIn(request));
      const inClass = { world, requester, className: entry.className };
      const answer = await save(inClass, entry, saved);
      const rule = auditRuleOf(entry.className, entry.method === 'POST' ? 'create' : 'change');
      const id = String(answer.objectId);
      await recordPart(context, rule, id, { columns: Object.keys(entry.fields) });
      const session = answer.sessionToken ?? saved.get(entry.internalId)?.session;
      saved.set(entry.internalId, {
        className: entry.className,
        id,
        ...(typeof session === 'string' && { session }),
      });
      results.set(entry.internalId, { ...results.get(entry.internalId), ...answer });
    }
    return ok(Object.fromEntries(results));
  },
});

/** @throws RestError 400 */
function entryOf(request: JsonObject): Entry {
  const method = textIn(request, 'method').toUpperCase();
  if (method !== 'POST' && method !== 'PUT') throw badParameter('"method" of a request must be POST or PUT.');
  const path = textIn(request, 'path').replace(/\/+/g, '/').split('?', 1)[0] ?? '';
  const match = /^\/1\.[12]\/(?:classes\/([^/]+)|(users|installations|files))(?:\/([^/]+))?\/?$/.exec(path);
  if (match === null) throw badParameter(`Objects are not saved at ${path.slice(0, 200)}.`);
  const [, className, alias, id] = match;
  const { __internalId, ...fields } = objectIn(request, 'body');
  const internalId = typeof __internalId === 'string' && __internalId !== '' ? __internalId : id;
  if (internalId === undefined) throw badParameter('"__internalId" of a body must be text.');
  return {
    method,
    className: className === undefined ? (CLASS_OF_ALIAS[alias ?? ''] ?? '') : classNamed(className),
    ...(id !== undefined && { id }),
    internalId,
    fields,
    params: objectIn(request, 'params'),
  };
}

/** The first entry about a new object creates it; the others change what was created. */
async function save(
  request: ClassRequest,
  { method, id, internalId, fields, params }: Entry,
  saved: ReadonlyMap<string, Saved>,
): Promise<JsonObject> {
  const { __children, ...plain } = fields;
  const columns = { ...plain, ...childrenOf(__children, saved) };
  const { create, update } = actionsOf(request.className);
  const query = { fetchWhenSave: params.fetchWhenSave === true || params.fetchWhenSave === 'true' };
  const before = saved.get(internalId);
  const known = id ?? before?.id ?? (method === 'PUT' ? internalId : undefined);
  if (known === undefined) return bodyOf(await create(request, columns, query, true));
  const changing = { ...query, ...conditionIn(params) };
  const asker = { ...request, requester: await askerOf(request, before) };
  return bodyOf(await update(asker, known, columns, changing, true));
}

function bodyOf({ body }: Answer): JsonObject {
  return body as JsonObject;
}

/** Whoever signed up a moment ago is that user, though it has no session yet. */
async function askerOf({ world, requester }: ClassRequest, saved: Saved | undefined): Promise<Requester> {
  const { session } = saved ?? {};
  const user = session === undefined ? undefined : await userOfSession(world, requester.app, session);
  return user === undefined ? requester : { ...requester, user };
}

function conditionIn({ where }: JsonObject): { readonly where?: string } {
  if (where === undefined || where === null) return {};
  return { where: typeof where === 'string' ? where : JSON.stringify(where) };
}

/** Keys that are to point to objects created earlier in the same request. @throws RestError 400 */
function childrenOf(
  children: JsonValue | undefined,
  saved: ReadonlyMap<string, Saved>,
): Readonly<Record<string, JsonObject>> {
  if (children === undefined || children === null) return {};
  if (!isList(children)) throw badParameter('"__children" of a body must be a list.');
  return Object.fromEntries(
    children.map((child) => {
      const { cid, key, className } = isJsonObject(child) ? child : {};
      const target = typeof cid === 'string' ? saved.get(cid) : undefined;
      const objectId = target?.id ?? (typeof cid === 'string' ? cid : undefined);
      if (typeof key !== 'string' || typeof className !== 'string' || objectId === undefined) {
        throw badParameter('Each of "__children" needs "className", "cid" and "key".');
      }
      return [key, { __type: 'Pointer', className: target?.className ?? className, objectId }];
    }),
  );
}
