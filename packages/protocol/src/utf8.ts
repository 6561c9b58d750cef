// By hand, because mini-programs and older React Native have no TextEncoder and TextDecoder.

/** Encodes as TextEncoder does: a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    const point = scalarOf(character);
    if (point < 0x80) bytes[length++] = point;
    else {
      if (point < 0x800) bytes[length++] = 0xc0 | (point >> 6);
      else {
        if (point < 0x10000) bytes[length++] = 0xe0 | (point >> 12);
        else {
          bytes[length++] = 0xf0 | (point >> 18);
          bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
        }
        bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      }
      bytes[length++] = 0x80 | (point & 0x3f);
    }
  }
  return bytes.subarray(0, length);
}

function scalarOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
}

const SMALLEST = [0, 0x80, 0x800, 0x10000];

/** Decodes as TextDecoder does where bytes are valid; what is not becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++] ?? 0;
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    if (more < 0 || first > 0xf7) {
      text += '\uFFFD';
      continue;
    }
    let point = more === 0 ? first : first & (0x3f >> more);
    let read = 0;
    for (; read < more && ((bytes[at] ?? 0) & 0xc0) === 0x80; read++) {
      point = (point << 6) | ((bytes[at++] ?? 0) & 0x3f);
    }
    const isScalar = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    const valid = read === more && isScalar && point >= (SMALLEST[more] ?? 0);
    text += valid ? String.fromCodePoint(point) : '\uFFFD';
  }
  return text;
}
