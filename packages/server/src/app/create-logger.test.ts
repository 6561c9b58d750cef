import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** What every write to it answers is that the disk is full. Only Linux has it. */
const FULL_DISK = '/dev/full';
const LINES = 20;

/** Logs some lines with pauses, and says on its way out whether it came to the end. */
const program = (format: string) => `
  import { createLogger } from ${JSON.stringify(new URL('./create-logger.ts', import.meta.url).href)};
  const logger = createLogger({ logLevel: 'info', logFormat: ${JSON.stringify(format)} });
  for (let n = 0; n < ${LINES}; n++) {
    logger.info('line ' + n);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  process.exitCode = 42;
`;

async function run(format: string, stdout: number | 'pipe') {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(format)], {
    stdio: ['ignore', stdout, 'inherit'],
    timeout: 20_000,
  });
  let output = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

describe.each(['json', 'text'])('the log as %s', (format) => {
  it('has every line', async () => {
    const { code, output } = await run(format, 'pipe');
    expect(code).toBe(42);
    expect(output.trim().split('\n')).toHaveLength(LINES);
    expect(output).toContain(`line ${LINES - 1}`);
  });

  it.runIf(existsSync(FULL_DISK))(
    'hinders nothing where its disk is full',
    async () => {
      const disk = await open(FULL_DISK, 'w');
      try {
        expect((await run(format, disk.fd)).code).toBe(42);
      } finally {
        await disk.close();
      }
    },
    30_000,
  );
});
