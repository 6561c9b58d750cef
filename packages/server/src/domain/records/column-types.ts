import { DataError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { isList } from '../query/document.ts';
import { quote } from './limits.ts';

export type ColumnType = 'string' | 'number' | 'boolean' | 'object' | 'strings';

/** Refuses columns of another type than theirs. Null stands for no value. @throws DataError TYPE_MISMATCH */
export function checkColumnTypes(columns: JsonObject, types: Readonly<Record<string, ColumnType>>): void {
  for (const [name, type] of Object.entries({ ACL: 'object', ...types } as const)) {
    const value = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (value === undefined || value === null || hasType(value, type)) continue;
    throw new DataError('TYPE_MISMATCH', `${quote(name)} must be ${WORDS[type]}.`);
  }
}

const WORDS: Readonly<Record<ColumnType, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  strings: 'a list of strings',
};

function hasType(value: JsonValue, type: ColumnType): boolean {
  switch (type) {
    case 'object':
      return isJsonObject(value);
    case 'strings':
      return isList(value) && value.every((element) => typeof element === 'string');
    default:
      return typeof value === type;
  }
}
