/** Places of a filter, sixteen for each token of a full run. A power of two. */
const PLACES = 2 ** 23;
/** Places a token marks. */
const MARKS = 8;
/** Filters that share an array, a bit each. */
const FILTERS_OF_GROUP = 32;

/** Filters side by side: the bits of one place are one number. */
interface Group<Run> {
  readonly places: Uint32Array;
  /** Whose the bits are, from the lowest. */
  readonly runs: (Run | undefined)[];
}

/**
 * Says which runs of tokens may have one: a Bloom filter for each run, laid out so that those of 32 runs are asked
 * with what one would cost, a look at some places. Memory is what a look waits for.
 *
 * The hashes are there already, as integers; what libraries of such filters do, hashing strings for a filter at a time,
 * is not needed.
 */
export class TokenFilters<Run> {
  readonly #groups: Group<Run>[] = [];

  /** @param marks of the tokens of this run; see {@link mark} */
  add(run: Run, marks: Uint8Array): void {
    const group = this.#groups.find(({ runs }) => runs.includes(undefined)) ?? this.#newGroup();
    const index = group.runs.indexOf(undefined);
    group.runs[index] = run;
    const bit = 1 << index;
    for (let byte = 0; byte < marks.length; byte++) {
      for (let rest = marks[byte] as number; rest !== 0; rest &= rest - 1) {
        const place = byte * 8 + 31 - Math.clz32(rest & -rest);
        group.places[place] = (group.places[place] as number) | bit;
      }
    }
  }

  remove(run: Run): void {
    for (const { places, runs } of this.#groups) {
      const index = runs.indexOf(run);
      if (index < 0) continue;
      runs[index] = undefined;
      const others = ~(1 << index);
      for (let place = 0; place < places.length; place++) places[place] = (places[place] as number) & others;
    }
    const unused = this.#groups.findIndex(({ runs }) => runs.every((run) => run === undefined));
    if (unused >= 0) this.#groups.splice(unused, 1);
  }

  /** Those that have the hash, and one of a thousand that do not. */
  runsWith(hash: number): Run[] {
    const found: Run[] = [];
    const step = scatter(hash);
    for (const { places, runs } of this.#groups) {
      let bits = -1;
      for (let n = 0; n < MARKS && bits !== 0; n++) bits &= places[placeOf(hash, step, n)] as number;
      for (; bits !== 0; bits &= bits - 1) {
        const run = runs[31 - Math.clz32(bits & -bits)];
        if (run !== undefined) found.push(run);
      }
    }
    return found;
  }

  #newGroup(): Group<Run> {
    const group = {
      places: new Uint32Array(PLACES),
      runs: Array.from({ length: FILTERS_OF_GROUP }, () => undefined),
    };
    this.#groups.push(group);
    return group;
  }
}

/** The marks of a run without tokens: a bit for each place. */
export function noMarks(): Uint8Array {
  return new Uint8Array(PLACES / 8);
}

export function mark(marks: Uint8Array, hash: number): void {
  const step = scatter(hash);
  for (let n = 0; n < MARKS; n++) {
    const place = placeOf(hash, step, n);
    marks[place >>> 3] = (marks[place >>> 3] as number) | (1 << (place & 7));
  }
}

function placeOf(hash: number, step: number, n: number): number {
  return ((hash >>> 0) + Math.imul(n, step)) & (PLACES - 1);
}

/** Odd, so that all places of a hash are different ones. */
function scatter(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) | 1;
}
