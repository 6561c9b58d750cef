import { readFileSync } from 'node:fs';
import { type Config, ConfigInvalid } from '../config/index.ts';
import type { TlsMaterial } from '../gateway/index.ts';

/**
 * The certificate and key the configuration names, as they are on disk now; `undefined` without TLS.
 *
 * @throws ConfigInvalid
 */
export function readTlsFiles({
  tlsCert,
  tlsKey,
}: Pick<Config, 'tlsCert' | 'tlsKey'>): TlsMaterial | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return { cert: read('PARLEY_TLS_CERT', tlsCert), key: read('PARLEY_TLS_KEY', tlsKey) };
}

function read(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new ConfigInvalid([`${variable} names ${path}, but ${reason}.`]);
  }
}
