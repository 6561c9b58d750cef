import { knownAt, type Script } from './example.ts';

const LOBBY = '/1.1/classes/_Conversation/<id lobby>';
const RECORD = {
  objectId: '<id lobby>',
  name: 'Lobby',
  tr: true,
  createdAt: '<date lobby>',
  updatedAt: '<date>',
};
const omar = (session: string) => ({
  sessionToken: `<session ${session}>`,
  updatedAt: '<date>',
  objectId: '<id omar>',
  username: 'omar',
  nick: 'O.',
  createdAt: '<date omar>',
  emailVerified: false,
  mobilePhoneVerified: false,
});
const cat = {
  objectId: '<id cat>',
  name: 'cat.png',
  mime_type: 'image/png',
  bucket: '<text bucket>',
  key: '<text key>',
};
const logo = {
  name: 'logo.png',
  url: 'https://cdn.example.org/logo.png',
  mime_type: 'image/png',
  metaData: { __source: 'external' },
};
const device = {
  deviceType: 'android',
  installationId: '0f5c9d2e7b1a4c8e9f3d6a5b4c7e8d90',
  timeZone: 'Europe/Lisbon',
  channels: ['alice'],
};
const OWN = { '*': { read: true }, '<id omar>': { read: true, write: true } };

/** Objects, users, files and installations (`storage-subset §5` to `§9`). */
export const data: Script = [
  {
    at: 'storage §5.2',
    send: 'POST /1.1/classes/_Conversation',
    query: { fetchWhenSave: true },
    body: { name: 'Lobby', tr: true },
    status: 201,
    answer: RECORD,
  },
  {
    at: 'storage §5.2',
    send: `PUT ${LOBBY}`,
    query: { where: { name: 'Other' } },
    body: { name: 'Hall' },
    status: 400,
    answer: { code: 305, error: 'No effect on updating/deleting a document.' },
  },
  { at: 'storage §5.2', send: `GET ${LOBBY}`, answer: RECORD },
  {
    at: 'storage §5.2',
    send: 'GET /1.1/classes/_Conversation',
    query: { where: { tr: true, name: 'Lobby' }, order: '-updatedAt', limit: 0, count: 1 },
    answer: { results: [], count: 1 },
  },
  {
    at: 'storage §5.3',
    send: `PUT ${LOBBY}`,
    query: { fetchWhenSave: true },
    body: { 'attr.count': { __op: 'Increment', amount: 1 } },
    answer: { updatedAt: '<date>', objectId: '<id lobby>', attr: { count: 1 } },
  },
  { at: 'storage §5.2', send: `DELETE ${LOBBY}`, answer: {} },
  { at: 'storage §5.2', send: `GET ${LOBBY}`, answer: {} },
  {
    at: 'storage §5.5',
    send: 'POST /1.1/batch',
    body: {
      requests: [
        { method: 'GET', path: '/1.1/classes/_File', params: { where: '{"name":"a.png"}', limit: 1 } },
        { method: 'DELETE', path: '/1.1/classes/_File/6650b299c3f1d2e4b5a69818' },
      ],
    },
    as: 'app',
    answer: [{ success: { results: [] } }, { success: {} }],
  },
  {
    at: 'storage §5.6',
    send: 'POST /1.1/batch/save',
    body: {
      requests: [
        {
          method: 'POST',
          path: '/1.1/users',
          new: true,
          body: { __internalId: '9b1f', username: 'nina', password: 's3cret!' },
        },
      ],
    },
    as: 'app',
    answer: {
      '9b1f': {
        objectId: '<id nina>',
        createdAt: '<date>',
        updatedAt: '<date>',
        username: 'nina',
        sessionToken: '<session nina>',
        emailVerified: false,
        mobilePhoneVerified: false,
      },
    },
  },
  {
    at: 'storage §6.2',
    send: 'POST /1.1/users',
    body: { username: 'omar', password: 'pa55', nick: 'O.' },
    as: 'app',
    status: 201,
    answer: omar('first'),
  },
  {
    at: 'storage §6.3',
    send: 'POST /1.1/login',
    body: { username: 'omar', password: 'pa55' },
    as: 'app',
    answer: omar('first'),
  },
  {
    at: 'storage §6.3',
    send: 'POST /1.1/login',
    body: { username: 'omar', password: 'wrong' },
    as: 'app',
    status: 400,
    answer: { code: 210, error: 'The username and password mismatch.' },
  },
  // Swift and ObjC; JS and C#; Java.
  ...[
    { query: { session_token: '<session first>' } },
    { headers: { 'X-LC-Session': '<session first>' } },
    { query: { session_token: '<session first>' }, headers: { 'X-LC-Session': '<session first>' } },
  ].map((placed) => ({
    at: 'storage §6.4',
    send: 'GET /1.1/users/me',
    ...placed,
    as: 'app' as const,
    answer: omar('first'),
  })),
  {
    at: 'storage §6.4',
    send: 'GET /1.1/users/me',
    query: { session_token: 'stale' },
    as: 'app',
    status: 400,
    answer: { code: 211, error: 'Could not find user.' },
  },
  {
    at: 'storage §6.5',
    send: 'PUT /1.1/users/<id omar>/refreshSessionToken',
    headers: { 'X-LC-Session': '<session first>' },
    as: 'app',
    answer: omar('second'),
  },
  {
    at: 'storage §6.5',
    send: 'PUT /1.1/users/<id omar>/updatePassword',
    body: { old_password: 'pa55', new_password: 'pa66' },
    headers: { 'X-LC-Session': '<session second>' },
    as: 'app',
    answer: { updatedAt: '<date>', objectId: '<id omar>', sessionToken: '<session third>' },
  },
  {
    at: 'storage §6.5',
    send: 'PUT /1.1/users/<id omar>',
    body: { nick: 'Omar' },
    as: 'app',
    status: 403,
    answer: {
      code: 206,
      error: 'The user cannot be altered by a client without the session.',
    },
  },
  {
    at: 'storage §6.5',
    send: 'PUT /1.1/classes/_User/<id omar>',
    body: { nick: 'O.', ACL: OWN },
    headers: { 'X-LC-Session': '<session third>' },
    as: 'app',
    answer: { updatedAt: '<date>', objectId: '<id omar>' },
  },
  {
    at: 'storage §6.5',
    send: 'GET /1.1/users/<id omar>',
    query: { returnACL: true },
    headers: { 'X-LC-Session': '<session third>' },
    as: 'app',
    answer: {
      objectId: '<id omar>',
      username: 'omar',
      nick: 'O.',
      ACL: OWN,
      createdAt: '<date omar>',
      updatedAt: '<date>',
      emailVerified: false,
      mobilePhoneVerified: false,
    },
  },
  {
    at: 'storage §7.2',
    send: 'POST /1.1/fileTokens',
    body: { name: 'cat.png', mime_type: 'image/png', metaData: { size: 5, owner: '<id omar>' } },
    as: 'app',
    status: 201,
    answer: {
      ...cat,
      provider: 's3',
      token: '<text token>',
      createdAt: '<date cat>',
      upload_url: '<text upload>',
      url: '<text url>',
    },
  },
  {
    scene: 'the bytes are uploaded as §7.3 has it',
    async play(stage) {
      const response = await fetch(knownAt(stage, '<text upload>'), {
        method: 'PUT',
        headers: { 'Content-Type': 'image/png', 'Cache-Control': 'public, max-age=31536000' },
        body: 'bytes',
      });
      if (!response.ok) throw new Error(`The upload was refused: ${await response.text()}`);
    },
  },
  // Java says so twice.
  ...[1, 2].map(() => ({
    at: 'storage §7.4',
    send: 'POST /1.1/fileCallback',
    body: { token: '<text token>', result: true },
    as: 'app' as const,
    answer: {},
  })),
  {
    at: 'storage §7.8',
    send: 'GET /1.1/files/<id cat>',
    as: 'app',
    answer: {
      ...cat,
      url: '<text url>',
      metaData: { size: 5, owner: '<id omar>' },
      provider: '<text>',
      createdAt: '<date cat>',
      updatedAt: '<date>',
    },
  },
  {
    scene: 'the file is fetched without any key',
    async play(stage) {
      const response = await fetch(knownAt(stage, '<text url>'));
      if ((await response.text()) !== 'bytes') throw new Error('Another file came back.');
    },
  },
  {
    at: 'storage §7.8',
    send: 'GET /1.1/files',
    query: { where: { key: '<text key>' }, keys: 'name' },
    as: 'app',
    answer: {
      results: [{ objectId: '<id cat>', name: 'cat.png', createdAt: '<date cat>', updatedAt: '<date>' }],
    },
  },
  {
    at: 'storage §5.4',
    send: 'PUT /1.1/files/<id cat>',
    body: { name: 'kitten.png' },
    as: 'app',
    status: 403,
    answer: {
      code: 403,
      error: 'Forbidden to read/write by class permissions',
      detail: 'This needs the master key.',
    },
  },
  { at: 'storage §7.8', send: 'DELETE /1.1/files/<id cat>', as: 'app', answer: {} },
  {
    at: 'storage §7.7',
    send: 'POST /1.1/files',
    body: logo,
    as: 'app',
    status: 201,
    answer: { objectId: '<id>', createdAt: '<date>', updatedAt: '<date>', ...logo },
  },
  {
    at: 'storage §8.2',
    send: 'POST /1.1/installations',
    query: { fetchWhenSave: true },
    body: device,
    as: 'app',
    status: 201,
    answer: { objectId: '<id device>', ...device, valid: true, createdAt: '<date>', updatedAt: '<date>' },
  },
  {
    at: 'storage §8.2',
    send: 'PUT /1.1/installations/<id device>',
    query: { fetchWhenSave: true },
    body: { ...device, channels: ['alice', 'news'] },
    as: 'app',
    answer: { updatedAt: '<date>', objectId: '<id device>', ...device, channels: ['alice', 'news'] },
  },
  {
    at: 'storage §8.2',
    send: 'GET /1.1/installations/<id device>',
    query: { keys: 'channels' },
    as: 'app',
    answer: {
      objectId: '<id device>',
      channels: ['alice', 'news'],
      createdAt: '<date>',
      updatedAt: '<date>',
    },
  },
  {
    at: 'storage §8.2',
    send: 'GET /1.1/installations',
    query: { where: { channels: 'news' }, limit: 0, count: 1 },
    answer: { results: [], count: 1 },
  },
  { at: 'storage §8.2', send: 'DELETE /1.1/installations/<id device>', answer: {} },
  {
    at: 'storage §6.5',
    send: 'GET /1.1/users',
    query: { where: { username: 'omar' }, keys: 'nick' },
    answer: {
      results: [{ objectId: '<id omar>', nick: 'O.', createdAt: '<date omar>', updatedAt: '<date>' }],
    },
  },
  {
    at: 'storage §6.5',
    send: 'DELETE /1.1/users/<id omar>',
    headers: { 'X-LC-Session': '<session third>' },
    as: 'app',
    answer: {},
  },
  {
    at: 'storage §9.1',
    send: 'GET /1.1/date',
    as: 'app',
    answer: { __type: 'Date', iso: '<date>' },
  },
];
