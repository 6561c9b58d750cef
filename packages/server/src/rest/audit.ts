import { recordAction } from '../domain/audit/record-action.ts';
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import type { AuditAuthor } from '../domain/ports/audit.ts';
import { refusalFrom } from './rest-error.ts';
import type { Answer, RestContext, RestRoute } from './route.ts';

/** How the audit log tells a call with the master key. */
export interface Audited {
  /** `thing.verb`, such as `client.kick`. */
  readonly action: string;
  /** What names the thing it is done to; the first parameter of the path, where this is absent. */
  readonly target?: 'created' | { readonly parameter: string };
  /** Further parameters that are written down. What users say, passwords and tokens are not. */
  readonly tells?: readonly string[];
}

/** Every route that may change something says how it is audited, or why it is not. */
export type AuditRule = Audited | { readonly not: string };

type Context = RestContext<never, never, never>;
/** What a request brings, before it is known whether it is written down. */
export type Call = Omit<Context, 'note'>;

/**
 * What a route does, and for callers with the master key the entry about it: written once it is done and before it is
 * answered. Refusals did nothing and are not written.
 */
export async function perform(route: RestRoute, call: Call): Promise<Answer> {
  const notes: JsonObject[] = [];
  const context: Context = { ...call, note: (details) => notes.push(details) };
  const rule = ruleOf(route, call);
  if (call.caller.level !== 'master' || 'not' in rule) return route.handle(context);
  const written = (answer: Answer | undefined) =>
    recordAction(call.world, call.caller.app, authorOf(call), {
      action: rule.action,
      ...targetOf(route, rule, call, answer),
      details: Object.assign({}, detailsOf(route, rule, call), ...notes),
      ...(answer === undefined && { failed: true }),
    });
  let answer: Answer;
  try {
    answer = await route.handle(context);
  } catch (error) {
    if (refusalFrom(error) === undefined) await written(undefined);
    throw error;
  }
  await written(answer);
  return answer;
}

/** For what one request does to several things. */
export async function recordPart(
  { world, caller, operator }: Pick<Call, 'world' | 'caller' | 'operator'>,
  rule: AuditRule,
  target: string,
  details: JsonObject,
): Promise<void> {
  if (caller.level !== 'master' || 'not' in rule) return;
  await recordAction(world, caller.app, authorOf({ operator }), { action: rule.action, target, details });
}

/** A route that says nothing is written down under its own name. */
function ruleOf({ method, path, audit }: RestRoute, { params }: Call): AuditRule {
  const rule = typeof audit === 'function' ? audit(params) : audit;
  if (rule !== undefined) return rule;
  return method === 'GET' ? { not: 'reads only' } : { action: `${method} ${path}` };
}

function authorOf({ operator }: Pick<Call, 'operator'>): AuditAuthor {
  const { address, isHook } = operator;
  return { via: isHook === true ? 'hook' : 'rest', ...(address !== undefined && { address }) };
}

function targetOf(route: RestRoute, { target }: Audited, call: Call, answer: Answer | undefined) {
  if (target === 'created') return idIn(answer);
  const named = target?.parameter ?? pathParameters(route)[0] ?? '';
  const value = partsOf(call)[named];
  return value === undefined ? {} : { target: String(value) };
}

function detailsOf(route: RestRoute, { target, tells = [] }: Audited, call: Call): JsonObject {
  const inPath = pathParameters(route);
  const others = target === undefined ? inPath.slice(1) : [];
  const names = [...others, ...tells];
  const parts = partsOf(call);
  return Object.fromEntries(
    names.flatMap((name) => (parts[name] === undefined ? [] : [[name, parts[name]]])),
  );
}

function pathParameters({ path }: RestRoute): readonly string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}

function partsOf({ params, query, body }: Call): JsonObject {
  return { ...(query as JsonObject), ...(body as JsonObject), ...(params as JsonObject) };
}

function idIn(answer: Answer | undefined): { readonly target?: string } {
  const { objectId } = isJsonObject(answer?.body) ? answer.body : {};
  return typeof objectId === 'string' ? { target: objectId } : {};
}
