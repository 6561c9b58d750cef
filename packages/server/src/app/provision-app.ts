import { randomInt } from 'node:crypto';
import type { Config } from '../config/index.ts';
import { auditDraft } from '../domain/audit/record-action.ts';
import type { AppRecord, AppRepository } from '../domain/ports/app-repository.ts';
import type { Clock } from '../domain/ports/clock.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const KEY_LENGTH = 24;

/** 24 characters of 62: 142 bits that nobody guesses. */
export function randomKey(): string {
  return Array.from({ length: KEY_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/**
 * Makes sure there is an app to serve: the one the configuration names, else the one made at the first start. Keys
 * that the configuration gives replace the stored ones; keys it does not give are generated once and kept.
 */
export async function provisionApp(
  apps: AppRepository,
  { appId, appKey, masterKey }: Pick<Config, 'appId' | 'appKey' | 'masterKey'>,
  clock: Clock,
): Promise<AppRecord> {
  const [first] = await apps.list();
  const now = clock.now();
  const id = appId ?? first?.id ?? randomKey();
  const by = { via: 'configuration' } as const;
  const { app, existing } = await apps.create(
    {
      id,
      appKey: appKey ?? randomKey(),
      masterKey: masterKey ?? randomKey(),
      settings: {},
      createdAt: now,
    },
    auditDraft(by, { action: 'app.create', target: id }, now),
  );
  const replaced = {
    ...(appKey !== undefined && appKey !== app.appKey && { appKey }),
    ...(masterKey !== undefined && masterKey !== app.masterKey && { masterKey }),
  };
  if (!existing || Object.keys(replaced).length === 0) return app;
  const rotated = { action: 'app.rotate-key', target: id, details: { keys: Object.keys(replaced) } };
  return (await apps.update(app.key, replaced, auditDraft(by, rotated, now))) ?? app;
}
