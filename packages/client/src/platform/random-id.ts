const DIGITS = '0123456789abcdefghijklmnopqrstuv';

/** 26 characters with 130 bits: as unlikely to repeat as a UUID where `random` is good. */
export function randomId(random: () => number): string {
  let id = '';
  for (let count = 0; count < 26; count++) id += DIGITS[Math.floor(random() * 32)];
  return id;
}
