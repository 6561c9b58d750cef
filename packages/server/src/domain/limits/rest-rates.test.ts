import { FakeClock } from '@parley/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AppSettings, defaultAppSettings } from '../app/app-settings.ts';
import { RestRates } from './rest-rates.ts';

const appWith = (settings: Partial<AppSettings>, key = 1) => ({
  key,
  id: `app-${key}`,
  appKey: 'k',
  masterKey: 'm',
  settings: { ...defaultAppSettings, ...settings },
});

describe('what an app’s server may send', () => {
  it('[F-LIM-06] is 1,800 messages a minute; then nothing for a minute, and then as much again', () => {
    const clock = new FakeClock();
    const rates = new RestRates(clock);
    const app = appWith({});
    const burst = () => {
      let taken = 0;
      while (rates.take(app, 'normal') === undefined) taken++;
      return taken;
    };
    expect(burst()).toBe(1800);
    clock.skip(59_999);
    expect(rates.take(app, 'normal')).toBe(1);
    clock.skip(1);
    expect(burst()).toBe(1800);
    expect(rates.take(appWith({}, 2), 'normal')).toBeUndefined();
  });

  it('[F-LIM-07] is 30 subscriber messages a minute and 1,000 a day, and 10 broadcasts a minute and 30 a day', () => {
    for (const [limited, perMinute, perDay] of [
      ['subscription', 30, 1000],
      ['broadcast', 10, 30],
    ] as const) {
      const clock = new FakeClock(new Date(2026, 0, 1, 12).getTime());
      const rates = new RestRates(clock);
      const app = appWith({});
      let today = 0;
      for (let minute = 0; minute < 200; minute++) {
        let taken = 0;
        while (rates.take(app, limited) === undefined) taken++;
        expect(taken).toBeLessThanOrEqual(perMinute);
        today += taken;
        clock.skip(60_000);
      }
      expect(today).toBe(perDay);
      const wait = rates.take(app, limited) ?? 0;
      expect(new Date(clock.now() + wait).getHours()).toBe(0);
      clock.skip(wait);
      expect(rates.take(app, limited)).toBeUndefined();
    }
  });

  it('[F-LIM-04] is unlimited where the app says 0', () => {
    const rates = new RestRates(new FakeClock());
    const app = appWith({ restMessagesPerMinute: 0, restBroadcasts: { perMinute: 0, perDay: 0 } });
    for (let n = 0; n < 10_000; n++)
      expect(rates.take(app, 'normal') ?? rates.take(app, 'broadcast')).toBeUndefined();
  });

  it('[F-LIM-06] never lets more through in a minute of its own than the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 60 }),
        (restMessagesPerMinute, pauses) => {
          const clock = new FakeClock();
          const rates = new RestRates(clock);
          const app = appWith({ restMessagesPerMinute });
          let refusedUntil = 0;
          for (const pause of pauses) {
            clock.skip(pause);
            const wait = rates.take(app, 'normal');
            // A refusal lasts exactly as long as it said.
            expect(wait === undefined).toBe(clock.now() >= refusedUntil && wait === undefined);
            if (wait !== undefined && clock.now() >= refusedUntil) refusedUntil = clock.now() + wait;
            if (wait !== undefined) expect(clock.now() + wait).toBe(refusedUntil);
          }
        },
      ),
    );
  });
});
