/**
 * One code unit of a text, without what is only a matter of case. Every unit becomes one unit, so that a place in the
 * folded text is the same place in the text. By way of the upper case, which ς and σ, ſ and s, ı and i share.
 */
export function foldUnit(unit: number): number {
  const letter = String.fromCharCode(unit);
  const upper = letter.toUpperCase();
  // ß in upper case are two letters. The lower case of İ is an i with a mark behind it.
  return (upper.length === 1 ? upper : letter).toLowerCase().charCodeAt(0);
}

/** The second half of a letter beyond the first 65,536, folded; scripts there keep their first half in every case. */
export function foldLowSurrogate(high: number, low: number): number {
  return String.fromCharCode(high, low).toUpperCase().toLowerCase().charCodeAt(1);
}

export function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
