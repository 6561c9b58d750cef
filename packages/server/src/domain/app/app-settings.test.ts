import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { appSettingsSchema, defaultAppSettings } from './app-settings.ts';
import { AppSettingsInvalid, changeAppSettings } from './change-app-settings.ts';
import { settingsPage } from './settings-page.ts';

function problemsOf(change: Record<string, unknown>): readonly string[] {
  try {
    changeAppSettings({}, change);
  } catch (error) {
    if (error instanceof AppSettingsInvalid) return error.problems;
    throw error;
  }
  return [];
}

describe('app settings', () => {
  it('[F-LIM-01][F-LIM-02][F-LIM-03] have the standard values of the service being replaced', () => {
    expect(Value.Check(appSettingsSchema, defaultAppSettings)).toBe(true);
    expect(defaultAppSettings).toMatchObject({
      maxMembers: 500,
      maxMessageBytes: 5120,
      messageRetentionDays: 180,
      clientRateLimits: { messagesPerMinute: 60, historyQueriesPerMinute: 120, otherOperationsPerMinute: 30 },
    });
  });

  it('[F-SEC-09][F-SEC-14] ask for no signature, and are no stricter than SDKs are, until the app says so', () => {
    expect(defaultAppSettings).toMatchObject({
      signLogin: false,
      signConversation: false,
      signHistory: false,
      signBlacklist: false,
      strictQuitSignature: false,
      strictTemporarySignature: false,
      removalTakesInviteSignature: true,
      kickVoidsSignatures: false,
      signWhenHookFails: false,
    });
  });

  it('are stored as what differs, and null takes one back', () => {
    const overrides = changeAppSettings({ maxMembers: 100 }, { allowEdit: false, maxMembers: null });
    expect(overrides).toEqual({ allowEdit: false });
  });

  it('name every wrong value at once, and change nothing then', () => {
    const problems = problemsOf({ maxMembers: 1, allowEdit: 'no', colour: 'red', imEnabled: true });
    expect(problems).toHaveLength(3);
    expect(problems[0]).toBe('maxMembers must be >= 2, and it is 1.');
    expect(problems[2]).toContain('colour is no app setting. Known are imEnabled,');
  });

  it('look into settings that have parts', () => {
    const [problem] = problemsOf({ clientRateLimits: { messagesPerMinute: -1 } });
    expect(problem).toContain('clientRateLimits');
    expect(problemsOf({ allowedOrigins: ['https://chat.example.com', 'http://intra:8080'] })).toEqual([]);
    for (const origin of [
      'chat.example.com',
      'https://*.example.com',
      'https://chat.example.com/',
      'https://me@chat.example.com',
      'ftp://chat.example.com',
    ]) {
      expect([origin, problemsOf({ allowedOrigins: [origin] })[0]]).toEqual([
        origin,
        expect.stringContaining('allowedOrigins.0'),
      ]);
    }
  });

  it('[F-HOOK-01] take no hook key that a header cannot carry', () => {
    const { engine } = defaultAppSettings;
    for (const hookKey of ['', 'k', 'a long secret', '0/+=_-~!']) {
      expect([hookKey, problemsOf({ engine: { ...engine, hookKey } })]).toEqual([hookKey, []]);
    }
    for (const hookKey of ['ключ', 'a\nb', 'a\tb', ' sp ', 'end ', 'key\n', 'schlüssel']) {
      expect([hookKey, problemsOf({ engine: { ...engine, hookKey } })]).toEqual([
        hookKey,
        [expect.stringContaining('engine.hookKey cannot be sent in a header')],
      ]);
    }
    expect(problemsOf({ engine: { ...engine, hookKey: 7 } })[0]).toContain('engine.hookKey must be string');
  });

  it('[F-HOOK-07] take no webhook whose messages others could sign', () => {
    const webhook = { url: 'https://backend.example.com/parley', retries: 11 };
    const random = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');
    for (const secret of [random(24), `whsec_${random(24)}`, random(64), random(25).replaceAll('=', '')]) {
      expect([secret, problemsOf({ webhook: { ...webhook, secret } })]).toEqual([secret, []]);
    }
    for (const secret of ['', 'whsec_', random(23), `whsec_${random(16)}`, '=====', '='.repeat(100)]) {
      expect([secret, problemsOf({ webhook: { ...webhook, secret } })]).toEqual([
        secret,
        [expect.stringContaining('webhook.secret must be base64 of 24 bytes or more')],
      ]);
    }
    expect(problemsOf({ webhook: { ...webhook, secret: 7 } })[0]).toContain('webhook.secret must be string');
    expect(problemsOf({ webhook: { ...webhook, url: '', secret: '' } })).toEqual([]);
  });

  it('are described on their reference page as they are (npm test -- domain/app -u writes the page)', async () => {
    await expect(settingsPage()).toMatchFileSnapshot('../../../../../docs/reference/app-settings.md');
  });
});
