import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Handlers, type Parley, PLUGIN_API } from '../plugin.ts';
import { AFTER_NAMES, BEFORE_NAMES } from '../protocol.ts';
import { shown } from './values.ts';

/** Completes "The plug-in ./x.ts cannot be used: …". */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}

const INTERFACE = '@parley/server/plugin';
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

export interface LoadedPlugin {
  readonly name: string;
  readonly handlers: Handlers;
}

/**
 * Loads the file and starts what it exports.
 *
 * @throws Unusable
 */
export async function loadPlugin(url: string, options: unknown, parley: Parley): Promise<LoadedPlugin> {
  // A plug-in may lie anywhere, and gets the interface of the server that runs it, not of a copy beside it.
  const own = new URL('../plugin.ts', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === INTERFACE ? { url: own, shortCircuit: true } : next(specifier, context),
  });
  const plugin = checkedPlugin(await imported(url));
  const given = readOptions(plugin, options);
  let handlers: unknown;
  try {
    handlers = await plugin.start(parley, given);
  } catch (error) {
    throw new Unusable(`its start failed: ${messageOf(error)}`);
  }
  return { name: plugin.name, handlers: checkedHandlers(handlers) };
}

async function imported(url: string): Promise<unknown> {
  if (!existsSync(fileURLToPath(url))) throw new Unusable('there is no such file.');
  try {
    const module: { readonly default?: unknown } = await import(url);
    return module.default;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
      throw new Unusable('TypeScript below node_modules does not run; give the JavaScript it was built to.');
    }
    throw new Unusable(`loading it failed: ${messageOf(error)}`);
  }
}

interface UnknownPlugin {
  readonly name: string;
  readonly options?: (given: unknown) => unknown;
  readonly start: (parley: Parley, options: unknown) => unknown;
}

function checkedPlugin(value: unknown): UnknownPlugin {
  if (typeof value !== 'object' || value === null) {
    throw new Unusable(
      'it has no default export that is a plug-in: write export default definePlugin({ … }).',
    );
  }
  const { api, name, options, start }: Readonly<Record<string, unknown>> = { ...value };
  if (api === undefined)
    throw new Unusable(`it does not say for which interface it was written: api: ${PLUGIN_API}.`);
  if (api !== PLUGIN_API) {
    throw new Unusable(
      `it was written for version ${shown(api)} of the interface of plug-ins; this Parley has version ${PLUGIN_API}.`,
    );
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new Unusable(`its name must be 1 to 64 small letters, digits and hyphens, not ${shown(name)}.`);
  }
  if (!isFunction(start)) throw new Unusable('it has no function "start".');
  if (options !== undefined && !isFunction(options)) throw new Unusable('its "options" is no function.');
  return { name, start, ...(options !== undefined && { options }) };
}

function readOptions({ options }: UnknownPlugin, given: unknown): unknown {
  if (options === undefined) {
    if (given !== undefined) throw new Unusable('the configuration gives it options, and it takes none.');
    return undefined;
  }
  try {
    return options(given);
  } catch (error) {
    throw new Unusable(`its options are refused: ${messageOf(error)}`);
  }
}

/** A misspelt hook would never be called, and nobody would know. */
function checkedHandlers(value: unknown): Handlers {
  if (typeof value !== 'object' || value === null) {
    throw new Unusable('its start must return its handlers, such as { before: { … }, after: { … } }.');
  }
  const { before, after, stop, ...others }: Readonly<Record<string, unknown>> = { ...value };
  const [strange] = Object.keys(others);
  if (strange !== undefined) {
    throw new Unusable(`its start returned "${strange}"; known are before, after and stop.`);
  }
  if (stop !== undefined && !isFunction(stop)) throw new Unusable('its "stop" is no function.');
  checkNames('before', before, BEFORE_NAMES);
  checkNames('after', after, AFTER_NAMES);
  return value;
}

function checkNames(group: 'before' | 'after', handlers: unknown, known: readonly string[]): void {
  if (handlers === undefined) return;
  if (typeof handlers !== 'object' || handlers === null) throw new Unusable(`its "${group}" is no object.`);
  for (const [name, handler] of Object.entries(handlers)) {
    if (!known.includes(name)) {
      throw new Unusable(`"${group}.${name}" is no hook; known are ${known.join(', ')}.`);
    }
    if (handler !== undefined && !isFunction(handler)) {
      throw new Unusable(`"${group}.${name}" is no function.`);
    }
  }
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}

/** Its first line: what follows is for whoever debugs. */
function messageOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : shown(error)).split('\n');
  return line;
}
