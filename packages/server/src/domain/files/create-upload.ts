import { DataError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { applyFields, parseFields } from '../records/field-operations.ts';
import type { DataRecord } from '../records/record.ts';
import type { Requester } from '../records/requester.ts';
import { insertRecord } from '../records/write-record.ts';
import type { World } from '../world.ts';
import { FILE } from './file-rules.ts';

/** Milliseconds in which an upload has to begin. */
const TOKEN_LIFESPAN = 3600 * 1000;
const RANDOM_CHARACTERS = 32;
const MAX_NAME = 255;
const MAX_KEY = 700;

export interface WishedFile {
  readonly name: JsonValue | undefined;
  readonly mimeType: string;
  readonly metaData: JsonValue | undefined;
  readonly ACL: JsonValue | undefined;
  /** Folder in front of the key. */
  readonly prefix: JsonValue | undefined;
  /** Let the address end with the name. */
  readonly keepName: boolean;
  /** The whole key, from the app's own server. */
  readonly key: JsonValue | undefined;
}

/** A file that is about to be uploaded, and the token that allows it. */
export interface Upload {
  readonly record: DataRecord;
  readonly token: string;
}

/** Makes room for a file (`storage-subset §7.2`); without its bytes it is forgotten after a day. @throws DataError */
export async function createUpload(world: World, requester: Requester, wished: WishedFile): Promise<Upload> {
  const { app } = requester;
  const name = textOf('name', wished.name, MAX_NAME);
  const token = `ft_${world.random.token(RANDOM_CHARACTERS)}`;
  const fields = definedOf({ name, metaData: wished.metaData ?? {}, ACL: wished.ACL });
  const columns = {
    ...applyFields({}, parseFields(fields)),
    mime_type: wished.mimeType,
    provider: 's3',
    bucket: 'parley',
    key: keyOf(world, requester, wished, name),
  };
  const record = await insertRecord(
    world,
    { app: app.key, className: FILE, id: world.random.objectId() },
    { columns, secrets: { token, tokenUntil: world.clock.now() + TOKEN_LIFESPAN } },
  );
  return { record, token };
}

/** How the bytes are called where they are kept; never made of what a caller sent. */
export function storedName({ app, id }: DataRecord): string {
  return `${app.toString(16)}/${id}`;
}

/** Unguessable, because who knows the address may fetch the file. */
function keyOf(
  world: World,
  { isMaster }: Requester,
  { prefix, keepName, key }: WishedFile,
  name: string,
): string {
  if (key !== undefined && key !== null) {
    if (!isMaster) throw new DataError('FORBIDDEN', 'Choosing the "key" of a file needs the master key.');
    return harmless(textOf('key', key, MAX_KEY));
  }
  const random = world.random.token(RANDOM_CHARACTERS);
  const folder =
    prefix === undefined || prefix === null || prefix === ''
      ? ''
      : `${harmless(textOf('prefix', prefix, MAX_NAME))}/`;
  if (folder !== '' || keepName) return `${folder}${random}/${harmless(name.replaceAll('/', '_'))}`;
  const extension = /\.([A-Za-z0-9]{1,16})$/.exec(name)?.[1];
  return extension === undefined ? random : `${random}.${extension}`;
}

/** Browsers follow dots in addresses, and proxies trip over control characters and backslashes. */
function harmless(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (/^\.+$/.test(segment) ? '_' : segment.replace(/[\p{Cc}\\]/gu, '_')))
    .join('/');
}

function textOf(name: string, value: JsonValue | undefined, most: number): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= most && value.isWellFormed())
    return value;
  throw new DataError('BAD_ARGUMENT', `"${name}" must be text of 1 to ${most} characters.`);
}

function definedOf(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
