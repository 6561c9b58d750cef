import type { Parley, TestClient } from '@parley/testkit';
import { expect } from 'vitest';
import { Api } from '../rest/api.ts';

/**
 * One exchange with the server, as a page of documentation shows it.
 *
 * Values that only the server knows stand as `<kind>` or `<kind name>`, such as `<date>` and `<id trip>`. The first
 * time a name comes up in an answer its value is kept; from then on it has to be the same, and requests may use it.
 */
export interface Example {
  /** Where the rule is, such as `§3.1`. */
  readonly at: string;
  /** Method and path. */
  readonly send: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  /** The master key unless given. */
  readonly as?: 'app' | 'master';
  readonly headers?: Readonly<Record<string, string>>;
  /** 200 unless given. */
  readonly status?: number;
  /** Everything the answer has, and nothing else. */
  readonly answer: unknown;
}

/** What happens between two examples, such as somebody logging in. */
export interface Scene {
  readonly scene: string;
  readonly play: (stage: Stage) => Promise<unknown>;
}

export type Script = readonly (Example | Scene)[];

/** The server the examples are replayed on, who is connected, and what is known so far. */
export interface Stage {
  readonly parley: Parley;
  readonly known: Map<string, string | number>;
  readonly devices: Map<string, TestClient>;
}

const KINDS: Readonly<Record<string, RegExp>> = {
  id: /^[0-9a-f]{24}$/,
  message: /^[-\w]{22}$/,
  time: /^[12]\d{12}$/,
  date: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  hex32: /^[0-9a-f]{32}$/,
  hex40: /^[0-9a-f]{40}$/,
  session: /^[a-z0-9]{25}$/,
  text: /./,
};
const PLACE = /<([a-z0-9]+)(?: [a-z ]+)?>/;
const ONE_PLACE = new RegExp(`^${PLACE.source}$`);
const EVERY_PLACE = new RegExp(PLACE.source, 'g');

/** Sends an example and compares its answer. */
export async function replay(stage: Stage, example: Example): Promise<void> {
  const [, method = '', path = ''] = /^(\w+) (.*)$/.exec(example.send) ?? [];
  const query = Object.entries(example.query ?? {}).map(([name, value]): [string, string] => {
    const known = filled(stage, value);
    return [name, typeof known === 'string' ? known : JSON.stringify(known)];
  });
  const { status, body } = await new Api(stage.parley).call(method, pathOf(stage, path), {
    as: example.as ?? 'master',
    query: Object.fromEntries(query),
    headers: filled(stage, example.headers ?? {}) as Record<string, string>,
    ...(example.body !== undefined && { body: filled(stage, example.body) }),
  });
  expect({ status, body }).toEqual({ status: example.status ?? 200, body: wanted(stage, example.answer) });
  keep(stage, example.answer, body);
}

/** A value the examples came across, for a scene. */
export function knownAt(stage: Stage, place: string): string {
  return String(filled(stage, place));
}

function pathOf(stage: Stage, path: string): string {
  // Ids of clients and messages alike: whatever stands in a path is encoded.
  return path.replaceAll(EVERY_PLACE, (place) => encodeURIComponent(knownAt(stage, place)));
}

/** The same value with what is known in its places. */
function filled(stage: Stage, value: unknown): unknown {
  return everywhere(value, (text) => {
    const whole = stage.known.get(text);
    if (whole !== undefined) return whole;
    return text.replaceAll(EVERY_PLACE, (place) => {
      const known = stage.known.get(place);
      if (known === undefined) throw new Error(`No answer told ${place} yet.`);
      return String(known);
    });
  });
}

/** What an answer has to be: known values as they are, others as their kind has it. */
function wanted(stage: Stage, answer: unknown): unknown {
  return everywhere(answer, (text) => {
    const known = stage.known.get(text);
    if (known !== undefined) return known;
    const [, kind = ''] = ONE_PLACE.exec(text) ?? [];
    const pattern = KINDS[kind];
    if (pattern === undefined) return text.replaceAll(EVERY_PLACE, (place) => knownAt(stage, place));
    return kind === 'time'
      ? expect.toSatisfy((value) => typeof value === 'number' && pattern.test(String(value)), 'a time in ms')
      : expect.stringMatching(pattern);
  });
}

/** Remembers what stands in the named places of an answer. */
function keep(stage: Stage, expected: unknown, actual: unknown): void {
  if (typeof expected === 'string') {
    const isNamed = ONE_PLACE.test(expected) && expected.includes(' ');
    if (isNamed && (typeof actual === 'string' || typeof actual === 'number'))
      stage.known.set(expected, actual);
    return;
  }
  if (typeof expected !== 'object' || expected === null) return;
  for (const [key, inner] of Object.entries(expected)) {
    keep(stage, inner, (actual as Record<string, unknown>)[key]);
  }
}

/** A copy of a JSON value in which every text, also where it is a key, became what `change` makes of it. */
function everywhere(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((inner) => everywhere(inner, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, everywhere(inner, change)]));
}
