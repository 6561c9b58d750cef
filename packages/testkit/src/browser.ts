import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

export type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

/** Where Chromium and Chrome usually are. */
const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

const FONTS = `<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">.</dir>
</fontconfig>
`;

/** Tests run in containers, as root and with little shared memory. */
const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--lang=en-US'];

/** The Chromium of this machine, else the one that came with npm. */
export async function launchBrowser(): Promise<Browser> {
  const installed = INSTALLED.find((path) => existsSync(path));
  const options = installed === undefined ? await unpacked() : { executablePath: installed };
  return chromium.launch({ ...options, args: ARGUMENTS, headless: true });
}

/**
 * `@sparticuz/chromium` holds the browser, the libraries it needs and a font, compressed. It unpacks into the temporary
 * folder and takes whatever is there already for complete, so it gets a folder of its own, moved into place when done.
 */
async function unpacked(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The browser tests need Chrome or Chromium here: install one, and run them again.');
  }
  const packed = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
  const { version } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  const folder = join(tmpdir(), `parley-test-chromium-${version}`);
  if (!existsSync(folder)) {
    const building = await mkdtemp(`${folder}-`);
    await unpackInto(building, join(packed, 'bin'));
    // Another test may have been faster with the same.
    await rename(building, folder).catch(() => rm(building, { recursive: true, force: true }));
  }
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  };
}

async function unpackInto(folder: string, packed: string): Promise<void> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    const { default: packaged, inflate } = await import('@sparticuz/chromium');
    packaged.setGraphicsMode = false;
    await Promise.all([packaged.executablePath(packed), inflate(join(packed, 'al2023.tar.br'))]);
    // Beside the machine's own fonts, if it has any.
    await writeFile(join(folder, 'fonts', 'fonts.conf'), FONTS);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
