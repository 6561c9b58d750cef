import Type, { type Static } from 'typebox';
import type { JsonObject } from '../../domain/json.ts';
import { isJsonObject } from '../../domain/json.ts';
import { choiceOf } from '../../domain/records/choose-keys.ts';
import type { Requester } from '../../domain/records/requester.ts';
import { userOfSession } from '../../domain/users/sessions.ts';
import { Limit } from '../page-size.ts';
import { parseJson } from '../parameters.ts';
import { notJson } from '../rest-error.ts';
import type { RestContext } from '../route.ts';
import { open } from '../schemas.ts';

export const TAG = 'Data';

export const ObjectIdText = Type.String({ description: 'Id of an object.', minLength: 1, maxLength: 64 });

const Where = Type.Optional(
  Type.String({ description: 'A condition as JSON; a list of conditions must all hold.' }),
);
const Returning = {
  fetchWhenSave: Type.Optional(Type.Boolean({ description: 'Answer with the values that were saved.' })),
  new: Type.Optional(Type.Boolean({ description: 'The same as `fetchWhenSave`.' })),
};

export const CreateQuery = Type.Object({
  ...Returning,
  failOnNotExist: Type.Optional(
    Type.Boolean({ description: 'Users: refuse an identity nobody has instead of creating a user.' }),
  ),
});
export const UpdateQuery = Type.Object({ ...Returning, where: Where });
export const DeleteQuery = Type.Object({ where: Where });

const Reading = {
  keys: Type.Optional(
    Type.String({
      description: 'Only these keys, divided by commas; `-` in front leaves a key out.',
      maxLength: 65_536,
    }),
  ),
  include: Type.Optional(
    Type.String({ description: 'Keys of pointers whose objects come along, divided by commas.' }),
  ),
  returnACL: Type.Optional(Type.Boolean({ description: 'Include who may read and write.' })),
};
export const ReadQuery = Type.Object(Reading);
export const FindQuery = Type.Object({
  ...Reading,
  where: Where,
  order: Type.Optional(Type.String({ description: 'Keys divided by commas, `-` in front for descending.' })),
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  limit: Type.Optional(Limit),
  count: Type.Optional(Type.Boolean({ description: 'Add the number of all that match.' })),
});

export const Fields = open(
  {},
  'Keys with values or operations such as `{"__op":"Increment","amount":1}`; a dot leads into an object.',
);
export const SomeObject = open({}, 'An object of the class.');
export const Saved = open({ objectId: Type.String() }, 'What was saved.');
export const Found = Type.Object({
  results: Type.Array(SomeObject),
  count: Type.Optional(Type.Integer()),
});

/** Who asks: the holder of a key, and the user whose session came along. A stale session is none. */
export async function requesterOf({
  world,
  caller,
  services,
  origin,
}: Pick<
  RestContext<unknown, unknown, unknown>,
  'world' | 'caller' | 'services' | 'origin'
>): Promise<Requester> {
  const token = caller.userToken;
  const user = token === undefined ? undefined : await userOfSession(world, caller.app, token);
  const { downloadUrl, publicUrl } = services.files;
  return {
    app: caller.app,
    isMaster: caller.level === 'master',
    ...(user !== undefined && { user }),
    filesUrl: downloadUrl ?? publicUrl ?? origin,
  };
}

/** @throws RestError 107 */
export function whereOf(text: string | undefined): JsonObject | readonly JsonObject[] | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const where = parseJson(text, 'where');
  if (isJsonObject(where)) return where;
  if (Array.isArray(where) && where.every(isJsonObject)) return where;
  throw notJson('where must be a JSON object, or a list of them.');
}

export function choiceIn({ keys, returnACL }: Static<typeof ReadQuery>) {
  return choiceOf(keys, returnACL === true);
}
