import { describe, expect, it } from 'vitest';
import { checkFile, readImports } from './check-imports.ts';

const SRC = 'packages/server/src';
const check = (file: string, text: string) =>
  checkFile(file, text, () => true).map(({ line, sentence }) => `${line}: ${sentence}`);
const server = (file: string, text: string) => check(`${SRC}/${file}`, text);

describe('readImports', () => {
  const specifiers = (text: string) => readImports(text).map(({ specifier }) => specifier);

  it('sees every form of an import', () => {
    const text = [
      "import a from 'a';",
      "import { b,\n  type B } from 'b';",
      "import 'c';",
      "export * from 'd';",
      "export type { E } from 'e';",
      "const f = await import('f');",
      "let g: import('g').G;",
      "const h = require('h');",
    ];
    expect(specifiers(text.join('\n'))).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });

  it('sees no import in comments, strings and properties', () => {
    const text = `// import 'a';\n/* from 'b' */ f('import c from "c"'); x.require('d'); Buffer.from('e'); \`\${f.from} \${from} g\`;`;
    expect(specifiers(text)).toEqual([]);
  });

  it('tells types from values, also side by side', () => {
    const text = "import { a } from './a.ts';\nimport type { B } from './b.ts';\nimport { c } from './c.ts';";
    expect(readImports(text).map(({ isType }) => isType)).toEqual([false, true, false]);
  });

  it('knows a computed import and its line', () => {
    expect(readImports('\nawait import(name)')).toEqual([{ specifier: undefined, isType: false, line: 2 }]);
  });
});

describe('rooms', () => {
  it('may import what the table allows', () => {
    expect(
      server('commands/direct.ts', "import { sendMessage } from '../domain/message/send-message.ts';"),
    ).toEqual([]);
    expect(
      server('app/main.ts', "import { openSqliteStore } from '../engines/store-sqlite/index.ts';"),
    ).toEqual([]);
  });

  it('are told file, line, arrow and reason when an arrow turns back', () => {
    const [violation] = server(
      'domain/message/send.ts',
      "\nimport type { S } from '../../session/session.ts';",
    );
    expect(violation).toMatch(/^2: domain → session\/session: domain is what instant messaging means/);
  });

  it('may not use another engine, nor the deeds of the domain from an engine', () => {
    expect(server('engines/store-memory/x.ts', "import { y } from '../store-sqlite/y.ts';")).toHaveLength(1);
    expect(
      server('engines/store-memory/x.ts', "import { y } from '../../domain/message/y.ts';"),
    ).toHaveLength(1);
    expect(
      server('engines/store-memory/x.ts', "import type { Y } from '../../domain/message/y.ts';"),
    ).toEqual([]);
    expect(
      server('engines/store-memory/x.ts', "import { y } from '../../domain/keyword-filter/y.ts';"),
    ).toHaveLength(1);
    expect(
      server('engines/keyword-compiler/x.ts', "import { y } from '../../domain/keyword-filter/y.ts';"),
    ).toEqual([]);
    expect(server('engines/files-disk/x.ts', "import { y } from '../outgoing/y.ts';")).toHaveLength(1);
    expect(server('engines/store-memory/x.ts', "import { y } from '../../domain/ports/y.ts';")).toEqual([]);
  });

  it('may not open a file of the domain by a name that only begins alike', () => {
    expect(server('config/x.ts', "import { y } from '../domain/errors-extra.ts';")).toHaveLength(1);
    expect(server('config/x.ts', "import { y } from '../domain/errors.ts';")).toEqual([]);
  });

  it('that the table does not know are a violation', () => {
    expect(server('attic/x.ts', '')).toEqual(['1: attic is no room of the table in tools/check-imports.ts.']);
    expect(server('gateway/x.ts', "import '../attic/x.ts';")).toHaveLength(1);
  });

  it('leave libraries to the room they are kept for', () => {
    expect(server('gateway/x.ts', "import { WebSocketServer } from 'ws';")).toEqual([]);
    expect(server('app/x.ts', "import { WebSocketServer } from 'ws';")).toHaveLength(1);
    expect(server('session/x.ts', "import proxy from '@fastify/proxy-addr';")).toHaveLength(1);
    expect(server('engines/store-memory/x.ts', "import 'node:sqlite';")).toHaveLength(1);
    expect(server('engines/store-sqlite/x.ts', "import 'node:sqlite';")).toEqual([]);
  });

  it('keep the domain free of the machine', () => {
    expect(server('domain/x.ts', "import 'node:fs';")).toHaveLength(1);
    expect(server('domain/x.ts', "import { encodeCommand } from '@parley/protocol';")).toHaveLength(1);
    expect(server('domain/x.ts', "import { reasons } from '@parley/protocol/errors';")).toEqual([]);
  });

  it('other than app may not compute what they import', () => {
    expect(server('domain/x.ts', 'await import(name)')).toHaveLength(1);
    expect(server('app/x.ts', 'await import(name)')).toEqual([]);
  });
});

describe('tests', () => {
  it('may use the testkit, test tools and the memory store', () => {
    const text = "import 'vitest'; import '@parley/testkit'; import '../engines/store-memory/index.ts';";
    expect(server('domain/x.test.ts', text)).toEqual([]);
    expect(server('domain/x.ts', text)).toHaveLength(3);
  });

  it('may not pick the engine of production in the domain', () => {
    expect(server('domain/x.test.ts', "import '../engines/store-sqlite/index.ts';")).toHaveLength(1);
  });

  it('are not imported by what is shipped', () => {
    expect(server('gateway/x.ts', "import './testing/raw-client.ts';")).toEqual([
      '1: "./testing/raw-client.ts" is for tests only.',
    ]);
  });
});

describe('packages', () => {
  it('may import what the table allows', () => {
    expect(check('packages/testkit/src/x.ts', "import '@parley/server';")).toEqual([]);
    expect(check('packages/protocol/src/x.ts', "import '@parley/server';")).toEqual([
      '1: protocol → server: protocol may import nothing but itself.',
    ]);
  });

  it('may not be entered by a path', () => {
    expect(check('conformance/x.test.ts', "import '../packages/server/src/index.ts';")).toHaveLength(1);
    expect(check('packages/server/src/app/x.ts', "import '../../../protocol/src/index.ts';")).toHaveLength(1);
  });

  it('that the table does not know are a violation', () => {
    expect(check('packages/attic/src/x.ts', '')).toHaveLength(1);
  });

  it('may import only the libraries they declare', () => {
    const [violation] = checkFile(`${SRC}/app/x.ts`, "import 'lru-cache/raw';", () => false);
    expect(violation?.sentence).toBe(
      'lru-cache is not among the dependencies of packages/server/package.json.',
    );
  });
});
