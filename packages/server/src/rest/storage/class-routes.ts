import Type from 'typebox';
import type { JsonObject } from '../../domain/json.ts';
import { badParameter } from '../rest-error.ts';
import { type RestContext, type RestRoute, route } from '../route.ts';
import { Empty } from '../schemas.ts';
import { actionsOf, classNamed } from './actions-of-class.ts';
import { type AuditedVerb, auditRuleOf } from './audited-classes.ts';
import type { ClassRequest } from './class-actions.ts';
import {
  CreateQuery,
  DeleteQuery,
  Fields,
  FindQuery,
  Found,
  ObjectIdText,
  ReadQuery,
  requesterOf,
  Saved,
  SomeObject,
  TAG,
  UpdateQuery,
} from './parts.ts';

const ClassPath = {
  className: Type.String({ description: 'Name of the class.', minLength: 1, maxLength: 64 }),
};
/** SDKs delete as many objects at once as an app hands them; a hundred are usual. */
const MAX_DELETED = 1000;
const MAX_ID = 64;
const ObjectIdTexts = Type.String({
  description: `Id of an object, or of up to ${MAX_DELETED} with commas between.`,
  minLength: 1,
  maxLength: MAX_DELETED * (MAX_ID + 1),
});

/** Where objects of a class are, and what they are called there. */
interface Place {
  readonly path: string;
  /** Fixed, or a part of the path. */
  readonly className?: string;
  readonly noun: string;
}

/** Create, find, read, change and delete objects (`storage-subset §5`): the same at every name a class goes by. */
export function classRoutes({ path, className, noun }: Place): readonly RestRoute[] {
  const inPath: { className?: typeof ClassPath.className } = className === undefined ? ClassPath : {};
  const ofClass = Type.Object({ ...inPath });
  const ofObject = Type.Object({ ...inPath, objectId: ObjectIdText });
  const common = { tag: TAG, needs: 'app', messaging: false } as const;
  const classIn = (params: object) =>
    className ?? (params as { readonly className?: string }).className ?? '';
  const audited = (verb: AuditedVerb) => (params: object) => auditRuleOf(classIn(params), verb);
  const requestOf = async (context: RestContext<object, object, object>) => {
    const { world, params } = context;
    const request: ClassRequest = {
      world,
      requester: await requesterOf(context),
      className: classNamed(classIn(params)),
    };
    return { request, actions: actionsOf(request.className) };
  };
  return [
    route({
      ...common,
      method: 'POST',
      path,
      summary: `Create ${noun}`,
      audit: audited('create'),
      params: ofClass,
      query: CreateQuery,
      body: Fields,
      answers: { 201: Saved, 200: Saved },
      async handle(context) {
        const { request, actions } = await requestOf(context);
        return actions.create(request, context.body as JsonObject, context.query);
      },
    }),
    route({
      ...common,
      method: 'GET',
      path,
      summary: `Find ${noun}s`,
      params: ofClass,
      query: FindQuery,
      answers: { 200: Found },
      async handle(context) {
        const { request, actions } = await requestOf(context);
        return actions.find(request, context.query);
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: `${path}/:objectId`,
      summary: `Read ${noun}`,
      params: ofObject,
      query: ReadQuery,
      answers: { 200: SomeObject },
      async handle(context) {
        const { request, actions } = await requestOf(context);
        return actions.read(request, context.params.objectId, context.query);
      },
    }),
    route({
      ...common,
      method: 'PUT',
      path: `${path}/:objectId`,
      summary: `Change ${noun}`,
      audit: audited('change'),
      params: ofObject,
      query: UpdateQuery,
      body: Fields,
      answers: { 200: Saved },
      async handle(context) {
        const { request, actions } = await requestOf(context);
        context.note({ columns: Object.keys(context.body) });
        return actions.update(request, context.params.objectId, context.body as JsonObject, context.query);
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: `${path}/:objectId`,
      summary: `Delete ${noun}, or several with commas between their ids`,
      audit: audited('delete'),
      params: Type.Object({ ...inPath, objectId: ObjectIdTexts }),
      query: DeleteQuery,
      answers: { 200: Empty },
      async handle(context) {
        const { request, actions } = await requestOf(context);
        return actions.remove(request, idsIn(context.params.objectId), context.query);
      },
    }),
  ];
}

/** @throws RestError 400 */
function idsIn(text: string): readonly string[] {
  const ids = text.split(',');
  if (ids.length <= MAX_DELETED && ids.every((id) => id.length <= MAX_ID)) return ids;
  throw badParameter(`objectId names at most ${MAX_DELETED} objects, each by up to ${MAX_ID} characters.`);
}
