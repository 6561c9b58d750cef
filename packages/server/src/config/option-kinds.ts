import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** A kind of value an option may have, read alike from an environment variable and from the configuration file. */
export interface OptionKind<T> {
  /** Completes "PORT must be …". */
  readonly expects: string;
  /**
   * The value of a text (environment) or JSON value (file); `undefined` where it is none of this kind.
   *
   * @param folder where a relative path in it begins
   */
  read(input: unknown, folder: string): T | undefined;
  /** What of a value may be printed, where that is not all. */
  show?(value: T): string;
}

export const text: OptionKind<string> = {
  expects: 'a text that is not empty',
  read: (input) => (typeof input === 'string' && input.trim() !== '' ? input : undefined),
};

/** Keys and ids travel in headers and URLs, where other characters would not arrive unchanged. */
export function token(minimum: number): OptionKind<string> {
  return {
    expects: `${minimum} to 128 letters, digits, "-" or "_"`,
    read: (input) =>
      typeof input === 'string' && input.length >= minimum && /^[\w-]{1,128}$/.test(input)
        ? input
        : undefined,
  };
}

export function wholeNumber(least: number, most: number): OptionKind<number> {
  return {
    expects: `a whole number from ${least} to ${most}`,
    read(input) {
      const number = typeof input === 'string' && /^\d{1,15}$/.test(input) ? Number(input) : input;
      return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most
        ? number
        : undefined;
    },
  };
}

const FLAGS: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  yes: true,
  1: true,
  off: false,
  false: false,
  no: false,
  0: false,
};

export const flag: OptionKind<boolean> = {
  expects: '"on" or "off"',
  read(input) {
    if (typeof input === 'boolean') return input;
    const word = typeof input === 'string' ? input.toLowerCase() : '';
    return Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
  },
};

export function oneOf<const T extends string>(...words: readonly T[]): OptionKind<T> {
  return {
    expects: `one of ${words.join(', ')}`,
    read: (input) => words.find((word) => word === input),
  };
}

export const webAddress: OptionKind<string> = {
  expects: 'a web address such as https://im.example.com',
  read(input) {
    if (typeof input !== 'string' || !URL.canParse(input)) return undefined;
    return /^https?:$/.test(new URL(input).protocol) ? input : undefined;
  },
};

/** `false` for "off", `true` for "on", or a list: comma-separated in the environment, an array in the file. */
export const flagOrList: OptionKind<boolean | readonly string[]> = {
  expects: '"on", "off" or a list of addresses and ranges such as 10.0.0.0/8,loopback',
  read(input) {
    const switched = flag.read(input, '');
    if (switched !== undefined) return switched;
    const items = typeof input === 'string' ? input.split(',').map((item) => item.trim()) : input;
    if (!Array.isArray(items) || items.length === 0) return undefined;
    return items.every((item) => typeof item === 'string' && isRange(item)) ? items : undefined;
  },
};

const RANGE_NAMES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/** An address, a CIDR range of less than everything (which is "on"), or the name of some. */
function isRange(item: string): boolean {
  if (RANGE_NAMES.includes(item)) return true;
  const [address = '', bits, ...others] = item.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || others.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** A plug-in as the file names it. */
export interface PluginOption {
  readonly path: string;
  readonly apps?: readonly string[];
  readonly options?: unknown;
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
}

/** Paths, comma-separated in the environment; in the file, an array of paths or of objects that say more. */
export const plugins: OptionKind<readonly PluginOption[]> = {
  expects:
    'a list of paths such as ./my-plugin.ts; in the file also {"path", "apps", "options", "timeoutMs", "memoryMb"}',
  read(input, folder) {
    const items = typeof input === 'string' ? input.split(',').map((item) => item.trim()) : input;
    if (!Array.isArray(items)) return undefined;
    const read = items.map((item) => pluginOption(item, folder));
    return read.every((plugin) => plugin !== undefined) ? read : undefined;
  },
  // Options of a plug-in may be secrets.
  show: (value) => value.map(({ path }) => path).join(','),
};

const TIMEOUT_MS = wholeNumber(1, 60_000);
const MEMORY_MB = wholeNumber(32, 65_536);

function pluginOption(item: unknown, folder: string): PluginOption | undefined {
  if (typeof item === 'string') return item === '' ? undefined : { path: resolve(folder, item) };
  if (typeof item !== 'object' || item === null) return undefined;
  const { path, apps, options, timeoutMs, memoryMb, ...others }: Readonly<Record<string, unknown>> = {
    ...item,
  };
  if (typeof path !== 'string' || path === '' || Object.keys(others).length > 0) return undefined;
  if (apps !== undefined && !isTexts(apps)) return undefined;
  const [timeout, memory] = [TIMEOUT_MS.read(timeoutMs, folder), MEMORY_MB.read(memoryMb, folder)];
  if (timeoutMs !== undefined && timeout === undefined) return undefined;
  if (memoryMb !== undefined && memory === undefined) return undefined;
  return {
    path: resolve(folder, path),
    ...(apps !== undefined && { apps }),
    ...(options !== undefined && { options }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(memory !== undefined && { memoryMb: memory }),
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
