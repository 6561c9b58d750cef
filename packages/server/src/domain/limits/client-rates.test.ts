import { describe, expect, it } from 'vitest';
import type { App } from '../app/app.ts';
import { defaultAppSettings } from '../app/app-settings.ts';
import { ClientRates } from './client-rates.ts';

function ratesAt(start: number) {
  let now = start;
  const rates = new ClientRates({ now: () => 0, elapsed: () => now, after: () => () => {} });
  return { rates, advance: (ms: number) => (now += ms) };
}

const app: App = { key: 1, id: 'app', appKey: '', masterKey: '', settings: defaultAppSettings };

describe('client rates', () => {
  it('[F-LIM-01] allow 60 messages in any minute and refuse the next', () => {
    const { rates, advance } = ratesAt(1_000_000);
    for (let n = 0; n < 60; n++) {
      expect(rates.allow(app, 'Tom', 'message')).toBe(true);
      advance(500);
    }
    expect(rates.allow(app, 'Tom', 'message')).toBe(false);
    advance(29_999);
    expect(rates.allow(app, 'Tom', 'message')).toBe(false);
    advance(1);
    expect(rates.allow(app, 'Tom', 'message')).toBe(true);
    expect(rates.allow(app, 'Tom', 'message')).toBe(false);
  });

  it('[F-LIM-02][F-LIM-03] count history, messages and other operations apart, and clients apart', () => {
    const { rates } = ratesAt(1_000_000);
    for (let n = 0; n < 30; n++) expect(rates.allow(app, 'Tom', 'operation')).toBe(true);
    expect(rates.allow(app, 'Tom', 'operation')).toBe(false);
    for (let n = 0; n < 120; n++) expect(rates.allow(app, 'Tom', 'history')).toBe(true);
    expect(rates.allow(app, 'Tom', 'history')).toBe(false);
    expect(rates.allow(app, 'Tom', 'message')).toBe(true);
    expect(rates.allow(app, 'Jerry', 'operation')).toBe(true);
  });

  it('[F-LIM-08] do not count what was refused, so trying again does not lock out for longer', () => {
    const { rates, advance } = ratesAt(1_000_000);
    for (let n = 0; n < 30; n++) rates.allow(app, 'Tom', 'operation');
    for (let n = 0; n < 1000; n++) rates.allow(app, 'Tom', 'operation');
    advance(60_000);
    expect(rates.allow(app, 'Tom', 'operation')).toBe(true);
  });

  it('can be switched off per app', () => {
    const { rates } = ratesAt(1_000_000);
    const unlimited = {
      ...app,
      settings: {
        ...defaultAppSettings,
        clientRateLimits: { messagesPerMinute: 0, historyQueriesPerMinute: 0, otherOperationsPerMinute: 0 },
      },
    };
    for (let n = 0; n < 10_000; n++) expect(rates.allow(unlimited, 'Tom', 'message')).toBe(true);
  });
});
