import type { TObject, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { badParameter, notJson, RestError } from './rest-error.ts';

/** Deeper nesting serves nobody, and what walks over values may recurse. */
const MAX_DEPTH = 64;

/** Checks one part of a request against its schema. */
export class Checked {
  readonly #schema: TObject;
  /** Made when it is first needed: there are hundreds of schemas, and a server is to start at once. */
  #compiled: Validator | undefined;

  constructor(schema: TObject) {
    this.#schema = schema;
  }

  get #validator(): Validator {
    this.#compiled ??= Compile(this.#schema);
    return this.#compiled;
  }

  /** @throws RestError 400, with the code the schema names for the value in `x-code` */
  body(value: JsonObject): JsonObject {
    if (this.#validator.Check(value)) return value;
    throw this.#refusal(value);
  }

  /**
   * Texts become what the schema wants where they can: `True` a boolean, `12.0` a number (`rest §1.1`). What is no whole
   * number becomes the one the schema names in `x-otherwise`.
   *
   * @param said what was said in JSON, which counts where both say it
   */
  texts(texts: Readonly<Record<string, unknown>>, said: JsonObject = {}): JsonObject {
    const entries = Object.entries(this.#schema.properties).flatMap(([name, schema]) => {
      if (Object.hasOwn(said, name)) return [];
      const given = Object.hasOwn(texts, name) ? texts[name] : undefined;
      const text = Array.isArray(given) ? given.at(-1) : given;
      const value = typeof text === 'string' ? fromText(name, text, schema) : undefined;
      return value === undefined ? [] : [[name, value]];
    });
    return this.body({ ...Object.fromEntries(entries), ...said });
  }

  #refusal(value: JsonObject): RestError {
    const [error] = this.#validator.Errors(value);
    if (error === undefined) return badParameter('The request is malformed.');
    if (error.keyword === 'required') {
      const [missing] = error.params.requiredProperties;
      return badParameter(`${nameOf(error.instancePath, missing)} is required.`);
    }
    const name = nameOf(error.instancePath);
    const property: TSchema & { 'x-code'?: number } =
      schemaAt(this.#schema, error.schemaPath.replace(/\/anyOf\/\d+$/, '')) ?? {};
    const code = property['x-code'];
    const sentence = `${name} ${wordsOf(error, property)}.`;
    return code === undefined
      ? badParameter(sentence)
      : new RestError(400, code, REASONS[code] ?? sentence, sentence);
  }
}

/** Names that callers compare, for codes that schemas give (`rest §1.6`). */
const REASONS: Readonly<Record<number, string>> = { 4103: 'INVALID_LOGIN' };

function wordsOf(
  error: TLocalizedValidationError,
  property: TSchema & { readonly 'x-rule'?: string },
): string {
  return property['x-rule'] ?? error.message;
}

/** `/to_clients/3` becomes `to_clients.3`. */
function nameOf(path: string, inside?: string): string {
  const parts = [...path.split('/').slice(1), ...(inside === undefined ? [] : [inside])];
  return parts.join('.') || 'The request';
}

function schemaAt(root: TSchema, pointer: string): TSchema | undefined {
  let at: unknown = root;
  for (const part of pointer.split('/').slice(1)) at = (at as Record<string, unknown> | undefined)?.[part];
  return at as TSchema | undefined;
}

interface TextSchema extends TSchema {
  readonly type?: string;
  readonly 'x-otherwise'?: number;
}

/** `undefined` for an object of which nothing is said. */
function fromText(name: string, text: string, schema: TextSchema): JsonValue | undefined {
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberFrom(text, schema['x-otherwise']);
    case 'boolean':
      return BOOLEANS.get(text) ?? text;
    case 'object':
      return text.trim() === '' ? undefined : parseObject(text, name);
    case 'array':
      return parseJson(text, name);
    default:
      return text;
  }
}

function numberFrom(text: string, otherwise: number | undefined): number | string {
  const value = /^-?\d{1,16}(\.\d+)?$/.test(text) ? Number(text) : text;
  return otherwise === undefined || Number.isInteger(value) ? value : otherwise;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['True', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['0', false],
  ['', false],
]);

/** @throws RestError 107 */
export function parseJson(text: string, name: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson(`${name} is not JSON.`);
  }
  checkShape(value, 0, name);
  return value;
}

/** @throws RestError 107 */
function parseObject(text: string, name: string): JsonObject {
  const value = parseJson(text, name);
  if (!isJsonObject(value)) throw notJson(`${name} is not a JSON object.`);
  return value;
}

/** An empty body stands for no parameters. @throws RestError 107 */
export function parseBody(text: string): JsonObject {
  return text.trim() === '' ? {} : parseObject(text, 'The body');
}

/**
 * Refuses what later code could trip over: nesting without end, the one key that is no key in JavaScript, and numbers
 * beyond those it has, which would be kept as null.
 */
function checkShape(value: JsonValue, depth: number, name: string): void {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    throw notJson(`${name} holds a number that is too large.`);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw notJson(`${name} nests more than ${MAX_DEPTH} levels deep.`);
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__')
      throw new RestError(400, 105, 'Invalid key name.', 'No key may be called "__proto__".');
    checkShape(inner, depth + 1, name);
  }
}
