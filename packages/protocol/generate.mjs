// Makes the codec (src/generated/codec.js), the types (src/generated/messages.ts) and the tables of the small codec
// (src/generated/tables.ts) from src/messages.proto. With --check it writes nothing and fails where a file is not what
// it would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import protobuf from 'protobufjs';
import pbjs from 'protobufjs-cli/pbjs.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const PROTO = here('src/messages.proto');

/** Static code, without what a codec does not need. */
async function generateCodec() {
  const code = await promisify(pbjs.main)([
    ...['--target', 'static-module', '--wrap', 'es6'],
    ...[
      '--no-create',
      '--no-verify',
      '--no-convert',
      '--no-delimited',
      '--no-typeurl',
      '--no-service',
      '--no-comments',
    ],
    '--keep-case',
    PROTO,
  ]);
  return edits.reduce((edited, [pattern, replacement]) => edited.replaceAll(pattern, replacement), code);
}

/** Where this protocol wants something else than the generator's default. */
const edits = [
  // Defaults make an absent field look like a written default; here an absent field must read as `undefined`.
  [/^ *\w+\.prototype\.\w+ = (?!function)[^;]*;\n/gm, ''],
  [/^ *this\.\w+ = \[\];\n/gm, ''],
  // Java edits a binary message by writing its bytes into this text field, where a text reader would break them.
  [
    /(messages2\.PatchItem = [\s\S]*?)message\.data = reader\.string\(\);/g,
    '$1const bytes = reader.bytes();\n' +
      ' '.repeat(28) +
      'if (isUtf8(bytes))\n' +
      ' '.repeat(32) +
      'message.data = $util.utf8.read(bytes, 0, bytes.length);\n' +
      ' '.repeat(28) +
      'else\n' +
      ' '.repeat(32) +
      'message.binaryMsg = bytes;',
  ],
  [/^import \$protobuf .*$/gm, 'import { isUtf8 } from "node:buffer";\n$&'],
  // Unknown fields are skipped, not kept: nobody reads them, and an attacker should not make us hold them.
  [/^ *if \(!reader\.discardUnknown\) \{\n.*\n.*\n *\}\n/gm, ''],
  // Unknown enum numbers survive: an operation we do not know must be answered, not taken for an absent one.
  [
    /if \(\$root\.[\w.]+\[value\] !== \$undefined\)\n *(message\.\w+ = value;)\n *else if \(!reader\.discardUnknown\) \{\n.*\n.*\n *\}/g,
    '$1',
  ],
];

const scalars = { string: 'string', bool: 'boolean', int32: 'number', int64: 'number', bytes: 'Uint8Array' };

function generateTypes() {
  const root = protobuf.parse(readFileSync(PROTO, 'utf8'), { keepCase: true }).root;
  const namespace = root.lookup('push_server.messages2');
  const parts = ['// Made by generate.mjs from src/messages.proto. Do not edit.', ''];
  for (const type of namespace.nestedArray) {
    if (type instanceof protobuf.Enum) parts.push(enumType(type));
    else parts.push(messageType(type), ...type.nestedArray.map(enumType));
  }
  return parts.join('\n');
}

function enumType({ name, values }) {
  const entries = Object.entries(values).map(([key, value]) => `  ${key}: ${value},`);
  return `export const ${name} = {\n${entries.join('\n')}\n} as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];\n`;
}

function messageType({ name, fieldsArray }) {
  const fields = fieldsArray.map((field) => {
    const resolved = field.resolve();
    // A peer may send enum numbers we do not know; they survive as numbers.
    const single =
      scalars[field.type] ?? (resolved.resolvedType instanceof protobuf.Enum ? 'number' : field.type);
    return `  readonly ${field.name}?: ${field.repeated ? `readonly ${single}[]` : single} | undefined;`;
  });
  return `export interface ${name} {\n${fields.join('\n')}\n}\n`;
}

/** Messages that chat clients neither send nor get. */
const SERVER_ONLY = new Set([
  ...['DataCommand', 'LoginCommand', 'LoggedinCommand', 'SystemInfo', 'SemanticVersion', 'AndroidVersion'],
  ...['RoomCommand', 'PresenceCommand', 'PubsubCommand', 'ReportCommand'],
]);

/** One line of text per message: `name:number:type`, a star for lists. Small to load, and parsed once. */
function generateTables() {
  const root = protobuf.parse(readFileSync(PROTO, 'utf8'), { keepCase: true }).root;
  const types = root
    .lookup('push_server.messages2')
    .nestedArray.filter((type) => type instanceof protobuf.Type && !SERVER_ONLY.has(type.name));
  const rows = types.map((type) => `  ${type.name}:\n    '${tableRow(type)}',`);
  return [
    '// Made by generate.mjs from src/messages.proto. Do not edit.',
    '',
    `export const tables: Readonly<Record<string, string>> = {\n${rows.join('\n')}\n};`,
    '',
  ].join('\n');
}

function tableRow({ fieldsArray }) {
  return fieldsArray
    .filter((field) => !SERVER_ONLY.has(field.type))
    .map((field) => {
      const resolved = field.resolve();
      const type = resolved.resolvedType instanceof protobuf.Enum ? 'int32' : field.type;
      return `${field.name}:${field.id}:${type}${field.repeated ? '*' : ''}`;
    })
    .join(' ');
}

const files = {
  'src/generated/codec.js': await generateCodec(),
  'src/generated/messages.ts': generateTypes(),
  'src/generated/tables.ts': generateTables(),
};
for (const [file, content] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(here(file), content);
  else if (readFileSync(here(file), 'utf8') !== content) {
    console.error(`${file} is stale. Run npm run generate -w packages/protocol.`);
    process.exitCode = 1;
  }
}
