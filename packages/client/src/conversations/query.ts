import type { JsonObject, JsonValue } from '../json.ts';
import type { Conversation } from './conversation.ts';

/** Fields every conversation has, with what they are compared with. */
export interface QueryFields {
  readonly id: string;
  readonly name: string;
  readonly creator: string;
  /** Equality means that this client is among the members. */
  readonly members: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastMessageAt: Date;
}

/** A known field, an attribute such as `attributes.topic`, or a column of the app. */
export type QueryField = keyof QueryFields | `attributes.${string}` | (string & {});

type ValueOf<Field> = Field extends keyof QueryFields ? QueryFields[Field] : JsonValue | Date;

/** What each operator compares with, for a field whose values are `Value`. */
export interface Operands<Value> {
  '=': Value;
  '!=': Value;
  '<': Value;
  '<=': Value;
  '>': Value;
  '>=': Value;
  in: readonly Value[];
  'not in': readonly Value[];
  'contains all': readonly Value[];
  size: number;
  exists: boolean;
  'starts with': string;
  contains: string;
  'ends with': string;
  matches: RegExp;
}

export type QueryOperator = keyof Operands<unknown>;

/** What can be asked of a field: only members are a list, and a time is no text. Attributes may be anything. */
export type OperatorOf<Field> = Exclude<
  QueryOperator,
  | (Field extends Exclude<keyof QueryFields, 'members'> ? 'size' | 'contains all' : never)
  | (ValueOf<Field> extends Date ? 'starts with' | 'contains' | 'ends with' | 'matches' : never)
>;

/** A query as it travels. @internal */
export interface WireQuery {
  readonly where: JsonObject;
  readonly sort: string | undefined;
  readonly limit: number;
  readonly skip: number;
}

/** @internal */
export type RunQuery = (query: WireQuery) => Promise<readonly Conversation[]>;

const COLUMNS: Readonly<Record<string, string>> = {
  id: 'objectId',
  creator: 'c',
  members: 'm',
  lastMessageAt: 'lm',
};
const COMPARISONS: Readonly<Record<string, string>> = {
  ...{ '!=': '$ne', '<': '$lt', '<=': '$lte', '>': '$gt', '>=': '$gte' },
  ...{ in: '$in', 'not in': '$nin', 'contains all': '$all', size: '$size', exists: '$exists' },
};
const DEFAULT_LIMIT = 20;
const PAGE = 100;

/**
 * Which conversations, in what order. Every call makes another query and leaves this one as it is.
 *
 * Without a condition it finds the basic conversations of which this client is a member.
 *
 * @example
 * const teams = await client.conversations
 *   .query()
 *   .where('attributes.kind', '=', 'team')
 *   .where('lastMessageAt', '>', new Date('2026-01-01'))
 *   .orderBy('lastMessageAt', 'descending')
 *   .find();
 */
export class ConversationQuery implements AsyncIterable<Conversation> {
  readonly #run: RunQuery;
  readonly #conditions: readonly JsonObject[];
  readonly #order: readonly string[];
  readonly #limit: number;
  readonly #skip: number;

  /** @internal */
  constructor(run: RunQuery, parts: Partial<QueryParts> = {}) {
    this.#run = run;
    this.#conditions = parts.conditions ?? [];
    this.#order = parts.order ?? [];
    this.#limit = parts.limit ?? DEFAULT_LIMIT;
    this.#skip = parts.skip ?? 0;
  }

  where<Field extends QueryField, Operator extends OperatorOf<Field>>(
    field: Field,
    operator: Operator,
    value: Operands<ValueOf<Field>>[Operator],
  ): ConversationQuery {
    return this.#with({
      conditions: [...this.#conditions, { [columnOf(field)]: comparison(operator, value) }],
    });
  }

  /** Those that meet at least one of the queries; of these only the conditions count. */
  anyOf(...queries: readonly ConversationQuery[]): ConversationQuery {
    const $or = queries.map((query) => query.toWire().where);
    return this.#with({ conditions: [...this.#conditions, { $or }] });
  }

  /** Chat rooms instead of basic conversations. */
  chatRooms(): ConversationQuery {
    return this.#with({ conditions: [...this.#conditions, { tr: true }] });
  }

  /** Services instead of basic conversations. */
  services(): ConversationQuery {
    return this.#with({ conditions: [...this.#conditions, { sys: true }] });
  }

  /** Called again, it decides among those that are equal so far. Default: the latest message first. */
  orderBy(field: QueryField, direction: 'ascending' | 'descending' = 'ascending'): ConversationQuery {
    return this.#with({
      order: [...this.#order, `${direction === 'descending' ? '-' : ''}${columnOf(field)}`],
    });
  }

  /** Default: 20; at most 1000. */
  limit(limit: number): ConversationQuery {
    return this.#with({ limit });
  }

  skip(skip: number): ConversationQuery {
    return this.#with({ skip });
  }

  find(): Promise<readonly Conversation[]> {
    return this.#run(this.toWire());
  }

  async first(): Promise<Conversation | undefined> {
    const [first] = await this.limit(1).find();
    return first;
  }

  /** All of them, page by page, whatever the limit. One that moves meanwhile comes at most once. */
  async *[Symbol.asyncIterator](): AsyncIterator<Conversation> {
    const seen = new Set<Conversation>();
    for (let skip = this.#skip; ; skip += PAGE) {
      const page = await this.skip(skip).limit(PAGE).find();
      yield* page.filter((conversation) => !seen.has(conversation));
      for (const conversation of page) seen.add(conversation);
      if (page.length < PAGE) return;
    }
  }

  /** @internal */
  toWire(): WireQuery {
    return {
      where: joinConditions(this.#conditions),
      sort: this.#order.length === 0 ? undefined : this.#order.join(','),
      limit: this.#limit,
      skip: this.#skip,
    };
  }

  #with(parts: Partial<QueryParts>): ConversationQuery {
    return new ConversationQuery(this.#run, {
      ...{ conditions: this.#conditions, order: this.#order, limit: this.#limit, skip: this.#skip },
      ...parts,
    });
  }
}

interface QueryParts {
  readonly conditions: readonly JsonObject[];
  readonly order: readonly string[];
  readonly limit: number;
  readonly skip: number;
}

/** One object where keys differ, as every SDK writes it; `$and` where one key is asked twice. @internal */
export function joinConditions(conditions: readonly JsonObject[]): JsonObject {
  const keys = conditions.flatMap((condition) => Object.keys(condition));
  if (new Set(keys).size < keys.length) return { $and: [...conditions] };
  return Object.assign({}, ...conditions);
}

function columnOf(field: string): string {
  return COLUMNS[field] ?? field.replace(/^attributes(?=\.|$)/, 'attr');
}

function comparison(operator: QueryOperator, value: unknown): JsonValue {
  const key = COMPARISONS[operator];
  if (key !== undefined) return { [key]: encodeValue(value) };
  if (value instanceof RegExp)
    return { $regex: value.source, ...(value.flags !== '' && { $options: value.flags }) };
  if (operator === 'starts with') return { $regex: `^${quote(value)}` };
  if (operator === 'ends with') return { $regex: `${quote(value)}$` };
  if (operator === 'contains') return { $regex: quote(value) };
  return encodeValue(value);
}

function encodeValue(value: unknown): JsonValue {
  if (value instanceof Date) return { __type: 'Date', iso: value.toISOString() };
  return Array.isArray(value) ? value.map(encodeValue) : (value as JsonValue);
}

function quote(text: unknown): string {
  return `\\Q${String(text).replaceAll('\\E', '\\E\\\\E\\Q')}\\E`;
}
