import type { Config } from '../config/index.ts';
import type { App } from '../domain/app/app.ts';

const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/** What an operator should know before strangers come, a sentence each. */
export function productionWarnings(
  { env, host, requireTls, tlsCert, trustProxy }: Config,
  apps: readonly App[],
): readonly string[] {
  if (env !== 'production') return [];
  const isDeaf = requireTls && tlsCert === undefined && trustProxy === false && !LOOPBACK.test(host);
  return [
    ...(isDeaf
      ? [
          'Only this machine can connect: plaintext from elsewhere is refused. Set PARLEY_TLS_CERT and PARLEY_TLS_KEY, or name the proxy that ends TLS in PARLEY_TRUST_PROXY.',
        ]
      : []),
    ...(requireTls
      ? []
      : ['PARLEY_REQUIRE_TLS is off: whoever is on the way can read messages, tokens and keys.']),
    ...apps
      .filter(({ settings }) => settings.imEnabled && !settings.signLogin)
      .map(
        ({ id }) =>
          `Whoever has the app key of ${id} can log in as anybody: its logins need no signature. See docs/guides/signatures.md, then: parley app settings --app ${id} signLogin=on`,
      ),
  ];
}
