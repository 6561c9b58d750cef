import { DataError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { Taken } from '../ports/records.ts';
import type { World } from '../world.ts';
import type { ClassRules } from './class-rules.ts';
import { checkColumnTypes } from './column-types.ts';
import type { DataRecord, RecordRef } from './record.ts';
import { rulesOf } from './rules-of-class.ts';

/** What an object consists of. */
export interface RecordParts {
  readonly columns: JsonObject;
  readonly secrets: JsonObject;
}

/** @throws DataError TYPE_MISMATCH, and what the class says about a taken key */
export async function insertRecord(
  world: World,
  ref: RecordRef,
  { columns, secrets }: RecordParts,
): Promise<DataRecord> {
  const rules = rulesFor(ref);
  checkColumnTypes(columns, rules.types);
  const keys = rules.keys(columns, secrets);
  const outcome = await world.store.records.create({
    ...ref,
    columns,
    secrets,
    keys,
    now: world.clock.now(),
  });
  if ('taken' in outcome) throw takenRefusal(rules, outcome);
  return outcome;
}

/**
 * Changes an object as it is at that moment, however many change it at once.
 *
 * @param change from the object as it is to what it shall be; called again where somebody else came first
 * @returns `undefined` where the object is gone
 * @throws DataError as {@link insertRecord}, and whatever `change` throws
 */
export async function changeRecord(
  world: World,
  ref: RecordRef,
  change: (record: DataRecord) => RecordParts,
): Promise<DataRecord | undefined> {
  const rules = rulesFor(ref);
  const { records } = world.store;
  const outcome = await world.turns.change(`${ref.app} ${ref.className} ${ref.id}`, async () => {
    const [record] = await records.load(ref.app, ref.className, [ref.id]);
    if (record === undefined) return undefined;
    const { columns, secrets } = change(record);
    checkColumnTypes(columns, rules.types);
    return records.replace(
      { app: ref.app, className: ref.className, id: ref.id },
      {
        columns,
        secrets,
        keys: rules.keys(columns, secrets),
        now: world.clock.now(),
        expectedVersion: record.version,
      },
    );
  });
  if (outcome === undefined) return undefined;
  if (outcome === 'conflict')
    throw new DataError('TOO_MANY_REQUESTS', 'The object is being changed by many at once; try again.');
  if ('taken' in outcome) throw takenRefusal(rules, outcome);
  return outcome;
}

function rulesFor({ className }: RecordRef): ClassRules {
  const rules = rulesOf(className);
  if (rules === undefined) throw new Error(`${className} is not a class of records.`);
  return rules;
}

function takenRefusal(rules: ClassRules, { taken }: Taken): DataError {
  return new DataError(
    Object.hasOwn(rules.takenRefusals, taken)
      ? (rules.takenRefusals[taken] ?? 'DUPLICATE_VALUE')
      : 'DUPLICATE_VALUE',
    `Another object has this ${taken} already.`,
  );
}
