/** What others send is not to run here. */
export function safeLink(url: string): string | undefined {
  const { protocol } = URL.parse(url, location.href) ?? {};
  return protocol === 'https:' || protocol === 'http:' ? url : undefined;
}
