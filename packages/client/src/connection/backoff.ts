const FIRST = 1_000;
const LONGEST = 60_000;

/**
 * How long to wait after a number of failures, in milliseconds: doubling up to a minute, and each time a random part of
 * that, so that the clients of a restarted server do not come back in one wave.
 *
 * @param failures 1 for the first one
 */
export function backoff(failures: number, random: () => number): number {
  const ceiling = Math.min(FIRST * 2 ** (failures - 1), LONGEST);
  return Math.round(ceiling * (0.5 + random() / 2));
}
