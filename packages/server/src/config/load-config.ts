import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Config, optionEntries, options } from './options.ts';

/** The configuration cannot be used. Each problem is a sentence that names the key, the rule and what was found. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read, if there was one. */
  readonly file?: string;
  /** Sentences about what was given and does nothing. */
  readonly warnings: readonly string[];
}

const STANDARD_FILE = 'parley.config.json';
const FILE_VARIABLE = 'PARLEY_CONFIG';

/** Names that mean something to other programs too, so that finding them is no mistake of whoever started Parley. */
const NOT_YET: Readonly<Record<string, string>> = {
  DATABASE_URL: 'this release keeps its data in the folder PARLEY_DATA_DIR only',
  REDIS_URL: 'this release runs as one process and needs no Redis',
};

/**
 * Reads the options of this deployment. An environment variable wins over `parley.config.json` (or the file that
 * `PARLEY_CONFIG` names), which wins over the standard value. An empty variable counts as absent.
 *
 * @throws ConfigInvalid with every problem at once
 *
 * @example
 * const { config } = loadConfig({ PORT: '8080' });
 * config.port; // 8080
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const problems: string[] = [];
  const warnings: string[] = [];
  const { path, values } = readFile(environment[FILE_VARIABLE] || undefined, problems);
  const production = isProduction(environment, values);
  const config: Record<string, unknown> = {};

  for (const [name, option] of optionEntries) {
    const variable = environment[option.variable];
    const fromEnvironment = variable !== undefined && variable !== '';
    const given = fromEnvironment ? variable : values[name];
    if (given === undefined) {
      config[name] = production ? (option.inProduction ?? option.standard) : option.standard;
      continue;
    }
    const folder = fromEnvironment ? process.cwd() : dirname(resolve(path ?? ''));
    const value = option.kind.read(given, folder);
    if (value === undefined) {
      const isSecret = option.secret === true || option.kind.show !== undefined;
      const source = fromEnvironment ? option.variable : `"${name}" in ${path}`;
      problems.push(`${source} must be ${option.kind.expects}${isSecret ? '' : `, not ${shown(given)}`}.`);
    }
    config[name] = value;
  }

  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(options, name)) problems.push(`"${name}" in ${path} is no option.${nearest(name)}`);
  }
  const known = new Set([FILE_VARIABLE, ...optionEntries.map(([, option]) => option.variable)]);
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith('PARLEY_') && !known.has(variable)) {
      warnings.push(`${variable} is no option of this release and does nothing.`);
    }
    const reason = Object.hasOwn(NOT_YET, variable) ? NOT_YET[variable] : undefined;
    if (reason !== undefined) warnings.push(`${variable} does nothing: ${reason}.`);
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    problems.push('PARLEY_TLS_CERT and PARLEY_TLS_KEY belong together: set both, or neither.');
  }
  const hasKeys = config.s3AccessKey !== undefined && config.s3SecretKey !== undefined;
  if (config.s3Bucket !== undefined && !hasKeys) {
    problems.push('PARLEY_S3_BUCKET needs PARLEY_S3_ACCESS_KEY and PARLEY_S3_SECRET_KEY.');
  }
  if (problems.length > 0) throw new ConfigInvalid(problems);
  // Every option was read by its own kind, or has its own standard value.
  return { config: config as Config, ...(path !== undefined && { file: path }), warnings };
}

/** `NODE_ENV` is for every program in the environment; what is said to Parley alone goes before it. */
function isProduction(
  environment: Readonly<Record<string, string | undefined>>,
  values: Readonly<Record<string, unknown>>,
): boolean {
  const said = environment[options.env.variable] || values.env;
  return (said ?? environment.NODE_ENV) === 'production';
}

function readFile(
  wanted: string | undefined,
  problems: string[],
): { readonly path?: string; readonly values: Readonly<Record<string, unknown>> } {
  const path = wanted ?? STANDARD_FILE;
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (wanted === undefined && code === 'ENOENT') return { values: {} };
    problems.push(`The configuration file ${path} cannot be read (${code}).`);
    return { values: {} };
  }
  try {
    const values: unknown = JSON.parse(content);
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
      return { path, values: values as Record<string, unknown> };
    }
    problems.push(`${path} must be a JSON object such as {"port": 3000}.`);
  } catch (error) {
    problems.push(`${path} is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return { path, values: {} };
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}

/** People write `PORT` or `data_dir` where the file wants `port` and `dataDir`. */
function nearest(name: string): string {
  const plain = (word: string) =>
    word
      .toLowerCase()
      .replaceAll(/[^a-z]/g, '')
      .replace(/^parley/, '');
  const meant = optionEntries.find(([candidate, { variable }]) =>
    [plain(candidate), plain(variable)].includes(plain(name)),
  );
  return meant === undefined ? '' : ` Did you mean "${meant[0]}"?`;
}
