/** What outlives the page. Storage may be forbidden to it; then nothing does. */
export function keep(
  storage: 'localStorage' | 'sessionStorage',
  name: string,
  value: string | undefined,
): void {
  try {
    if (value === undefined) window[storage].removeItem(`parley.${name}`);
    else window[storage].setItem(`parley.${name}`, value);
  } catch {}
}

export function kept(storage: 'localStorage' | 'sessionStorage', name: string): string | undefined {
  try {
    return window[storage].getItem(`parley.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}
