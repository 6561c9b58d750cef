import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { boundedDetails } from './bounded-details.ts';
import { settingsDifference } from './settings-difference.ts';

describe('what the audit log keeps', () => {
  it('[F-SEC-16] holds no secret, wherever it stands', () => {
    const details = {
      engine: {
        url: 'https://me:pass@engine.example.com/1.1',
        hookKey: 'swordfish',
        hooks: ['_messageSent'],
      },
      webhook: { secret: 'whsec_swordfish', url: '' },
      push: { apns: { privateKey: 'swordfish', text: '-----BEGIN PRIVATE KEY-----swordfish' } },
      password: 'swordfish',
      sessionToken: 'swordfish',
      tokens: 7,
    };
    const kept = boundedDetails(details);
    expect(JSON.stringify(kept)).not.toMatch(/swordfish|pass@/);
    expect(kept).toMatchObject({
      engine: {
        url: 'https://[secret]@engine.example.com/1.1',
        hookKey: '[secret]',
        hooks: ['_messageSent'],
      },
      webhook: { url: '' },
      tokens: 7,
    });
  });

  it('[F-SEC-16] is bounded, whatever is told', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 8 }) as fc.Arbitrary<JsonObject>),
        (details) => {
          expect(JSON.stringify(boundedDetails(details)).length).toBeLessThanOrEqual(8_000);
        },
      ),
    );
    const many = Array.from({ length: 10_000 }, (_, n) => `client-${n}`);
    const { client_ids } = boundedDetails({ client_ids: many }) as { client_ids: readonly string[] };
    expect([client_ids[0], client_ids.length, client_ids.at(-1)]).toEqual([
      'client-0',
      51,
      '… and 9950 more',
    ]);
    expect(boundedDetails({ a: 'x'.repeat(500) })).toEqual({ a: `${'x'.repeat(200)}…` });
    const wide = Object.fromEntries(many.slice(0, 60).map((name) => [name, 'y'.repeat(500)]));
    expect(boundedDetails(wide)).toEqual({ omitted: expect.stringMatching(/^\d+ characters$/) });
  });
});

describe('the difference of settings', () => {
  it('[F-SEC-16] has what changed, before and after; null is the standard', () => {
    const before = { maxMembers: 100, allowEdit: false, signLogin: true };
    const after = { maxMembers: 200, signLogin: true, allowedOrigins: ['https://a.example'] };
    expect(settingsDifference(before, after)).toEqual({
      allowEdit: { from: false, to: null },
      allowedOrigins: { from: null, to: ['https://a.example'] },
      maxMembers: { from: 100, to: 200 },
    });
  });
});
