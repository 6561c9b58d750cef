import { lookup } from 'mime-types';
import Type from 'typebox';
import { createUpload } from '../../domain/files/create-upload.ts';
import { fileUrl } from '../../domain/files/file-url.ts';
import { finishUpload } from '../../domain/files/receive-upload.ts';
import type { JsonObject } from '../../domain/json.ts';
import { created, ok, type RestRoute, route } from '../route.ts';
import { AnyObject, Empty, open } from '../schemas.ts';
import { requesterOf } from './parts.ts';

const common = { tag: 'Files', needs: 'app', messaging: false } as const;
const UNKNOWN_TYPE = 'application/octet-stream';
const TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/;
/** JavaScript outside of browsers and Node.js cannot send the bytes alone (`storage-subset §7.1`). */
const FORMS_ONLY = /^LeanCloud-JS-SDK\/[^ ]+ \((?!Browser|Node\.js)/;

/** Every value is text: Java loops over a null, and older versions of it cannot read an object (`storage-subset §7.2`). */
const Tokens = Type.Object({
  objectId: Type.String(),
  url: Type.String({ description: 'Where the file can be fetched once it is uploaded.' }),
  upload_url: Type.String({ description: 'Where to upload it.' }),
  token: Type.String(),
  provider: Type.Enum(['s3', 'qiniu'], {
    description: 'How to upload: the bytes by PUT (`s3`), or a form by POST (`qiniu`).',
  }),
  bucket: Type.String(),
  key: Type.String(),
  mime_type: Type.String(),
  name: Type.String(),
  createdAt: Type.String(),
});

const fileTokens = route({
  ...common,
  method: 'POST',
  path: '/1.1/fileTokens',
  summary: 'Begin to upload a file',
  rate: 'upload',
  audit: { not: 'the file says who began it and when' },
  body: open({
    name: Type.Optional(Type.String()),
    mime_type: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    metaData: Type.Optional(AnyObject('Kept with the file.')),
    keep_file_name: Type.Optional(Type.Boolean()),
    prefix: Type.Optional(Type.String()),
    key: Type.Optional(Type.String({ description: 'The whole key; needs the master key.' })),
  }),
  answers: { 201: Tokens },
  async handle(context) {
    const { world, services, origin, userAgent } = context;
    const body = context.body as JsonObject;
    const requester = await requesterOf(context);
    const { record, token } = await createUpload(world, requester, {
      name: body.name,
      mimeType: mimeTypeOf(body.mime_type, body.name),
      metaData: body.metaData,
      ACL: body.ACL,
      prefix: body.prefix,
      keepName: body.keep_file_name === true,
      key: body.key,
    });
    const { name, mime_type, bucket, key } = record.columns;
    const base = services.files.publicUrl ?? origin;
    const path = `/files/${encodeURIComponent(requester.app.id)}/upload/${record.id}`;
    return created({
      objectId: record.id,
      name,
      mime_type,
      provider: FORMS_ONLY.test(userAgent) ? 'qiniu' : 's3',
      bucket,
      key,
      token,
      createdAt: new Date(record.createdAt).toISOString(),
      upload_url: `${base}${path}?t=${token}`,
      url: fileUrl(requester, record),
    });
  },
});

const fileCallback = route({
  ...common,
  method: 'POST',
  path: '/1.1/fileCallback',
  summary: 'Confirm an upload, or take it back',
  audit: { not: 'a part of the upload' },
  body: open({ token: Type.String(), result: Type.Boolean({ description: 'Whether the bytes were sent.' }) }),
  answers: { 200: Empty },
  async handle({ world, caller, body }) {
    await finishUpload(world, caller.app, body.token, body.result);
    return ok({});
  },
});

/** How SDKs upload files (`storage-subset §7`). */
export const fileRoutes: readonly RestRoute[] = [fileTokens, fileCallback];

/** C# stops at parameters such as a charset, so there are none. */
function mimeTypeOf(given: unknown, name: unknown): string {
  const plain = typeof given === 'string' ? (given.split(';', 1)[0] ?? '').trim().toLowerCase() : '';
  if (TYPE.test(plain)) return plain;
  return (typeof name === 'string' && lookup(name)) || UNKNOWN_TYPE;
}
