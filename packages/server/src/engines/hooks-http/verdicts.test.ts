import { describe, expect, it } from 'vitest';
import { HookFailed } from '../../domain/ports/hooks.ts';
import { messageVerdict, pushVerdict, signVerdict, startVerdict, verdict } from './verdicts.ts';

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

describe('an answer of an engine that nests without end', () => {
  const DEEP: Readonly<Record<string, () => unknown>> = {
    content: () => messageVerdict({ content: nested(100_000) }, false),
    detail: () => messageVerdict({ drop: true, detail: nested(100_000) }, false),
    attributes: () => startVerdict({ attr: nested(100_000) }),
    'a push': () => pushVerdict({ pushMessage: nested(100_000) }),
    'a push as text': () => pushVerdict({ pushMessage: JSON.stringify(nested(1000)) }),
  };
  it.each(Object.keys(DEEP))('[F-HOOK-02] in %s is a failure of the engine', (where) => {
    expect(DEEP[where]).toThrow(HookFailed);
  });

  it('is none within 64 levels', () => {
    expect(messageVerdict({ content: nested(63) }, false)).toMatchObject({
      body: JSON.stringify(nested(63)),
    });
  });
});

describe('a text that an engine cuts within a character', () => {
  const CUT = 'cut 😀'.slice(0, -1);
  const SHOWN = 'cut \ufffd';

  it('[F-HOOK-03] can be sent, wherever it is', () => {
    expect(messageVerdict({ content: CUT, detail: CUT }, false)).toMatchObject({
      body: SHOWN,
      detail: SHOWN,
    });
    expect(messageVerdict({ content: { [CUT]: [CUT] } }, false)).toMatchObject({
      body: JSON.stringify({ [SHOWN]: [SHOWN] }),
    });
    const content = { alert: { body: SHOWN } };
    expect(pushVerdict({ pushMessage: { alert: { body: CUT } } })).toMatchObject({ content });
    expect(pushVerdict({ pushMessage: JSON.stringify({ alert: { body: CUT } }) })).toMatchObject({ content });
    expect(pushVerdict({ pushMessage: CUT })).toMatchObject({ content: { alert: SHOWN } });
    expect(signVerdict({ result: false, error: CUT })).toMatchObject({ error: SHOWN });
  });
});

describe('the code of an engine', () => {
  const codeOf = (code: unknown) => {
    const said = verdict({ reject: true, code });
    return said.verdict === 'reject' ? said.code : said;
  };

  it('[F-HOOK-04] is a whole number of 32 bits, also as text', () => {
    for (const code of [0, 123, -5, 2 ** 31 - 1, -(2 ** 31)]) {
      expect([codeOf(code), codeOf(String(code))]).toEqual([code, code]);
    }
  });

  it('[F-HOOK-04] is none where it is anything else', () => {
    for (const code of [3e9, 2 ** 31, -(2 ** 31) - 1, 2 ** 40, 1.5, true, null, [], {}]) {
      expect([codeOf(code), codeOf(String(code))]).toEqual([undefined, undefined]);
    }
    expect(codeOf('12345678901')).toBeUndefined();
  });
});

describe('the bytes of an engine', () => {
  const bytesOf = (content: string) => {
    const said = messageVerdict({ content, bin: true }, false);
    return said.verdict === 'pass' && [...(said.body ?? [])];
  };

  it('[F-HOOK-03] are base64, with its padding or without', () => {
    expect(bytesOf('')).toEqual([]);
    expect([bytesOf('AQ=='), bytesOf('AQ')]).toEqual([[1], [1]]);
    expect([bytesOf('AQI='), bytesOf('AQI')]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(bytesOf('AQID')).toEqual([1, 2, 3]);
  });

  it.each(['A', 'A===', 'AAAAA', 'AAAAA==', 'AQ=', 'AQI==', '=', '==', 'AQ==AQ==', 'A Q=', '%%%', 'AQI-'])(
    '[F-HOOK-02] are a failure of the engine where they are %j',
    (content) => {
      expect(() => bytesOf(content)).toThrow(HookFailed);
    },
  );
});

describe('what an engine says to people', () => {
  it('[F-HOOK-03][F-HOOK-04] ends after 2,000 characters, and not within one', () => {
    const detailOf = (detail: unknown) => verdict({ reject: true, detail });
    const a = (times: number) => 'a'.repeat(times);
    expect(detailOf(a(2000))).toMatchObject({ detail: a(2000) });
    expect(detailOf(a(900_000))).toMatchObject({ detail: a(2000) });
    expect(detailOf(`${a(1998)}😀b`)).toMatchObject({ detail: `${a(1998)}😀` });
    expect(detailOf(`${a(1999)}😀`)).toMatchObject({ detail: a(1999) });
    expect(detailOf([a(3000)])).toMatchObject({ detail: `["${a(1998)}` });
    expect(signVerdict({ result: false, error: a(3000) })).toMatchObject({ error: a(2000) });
  });
});
