import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Parley, startParley } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './support/until.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Within the package, where `@parley/client` is found. */
const FOLDER = mkdtempSync(join(ROOT, 'packages/client/quick-start-'));

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  await parley.close();
});

/** The first program of a guide, with the keys of this server in it. */
function program(guide: string): string {
  const [, code = ''] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(ROOT, guide), 'utf8')) ?? [];
  const server = `const server = ${JSON.stringify({ url: parley.url, appId: parley.appId, appKey: parley.appKey })};`;
  expect(code).toContain('const server = ');
  return code.replace(/^const server = .*$/m, server);
}

describe('the quick start', () => {
  it.each([
    ['docs/guides/quick-start.md', ['Tom says: Hello, Jerry!', 'Jerry answers: Nice to meet you!']],
    ['docs/guides/quick-start.zh-CN.md', ['Tom 说：你好，Jerry！', 'Jerry 回答：很高兴认识你！']],
  ])('[F-GEN-01] of %s runs as it stands there', async (guide, lines) => {
    const file = join(FOLDER, `${guide.length}.ts`);
    writeFileSync(file, program(guide));
    const child = spawn(process.execPath, [file]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    try {
      await until(() => lines.every((line) => output.includes(line)) || child.exitCode !== null, 20_000);
    } finally {
      child.kill();
    }
    expect(output.trim().split('\n')).toEqual(lines);
  });
});
