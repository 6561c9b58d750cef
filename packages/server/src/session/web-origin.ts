import type { App } from '../domain/app/app.ts';

/**
 * Whether pages of an origin may log in. Only browsers send one; an empty list allows every one, and `localhost`, where
 * apps are made, always may (`semantics §10.4`, F-SEC-11).
 */
export function isOriginAllowed({ settings }: App, origin: string | undefined): boolean {
  const { allowedOrigins } = settings;
  if (origin === undefined || allowedOrigins.length === 0 || allowedOrigins.includes(origin)) return true;
  // Browsers write an origin in small letters and without the port that goes without saying; people need not.
  return isLocal(origin) || allowedOrigins.some((allowed) => originOf(allowed) === origin);
}

function isLocal(origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).hostname === 'localhost';
}

function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined;
}
