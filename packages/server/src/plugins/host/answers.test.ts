import { describe, expect, it } from 'vitest';
import { readAnswer } from './answers.ts';
import { MalformedValue } from './values.ts';

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

describe('an answer of a plug-in', () => {
  it('[F-HOOK-02] cannot nest deeper than 64 levels', () => {
    expect(() => readAnswer('receiversOffline', { content: nested(65) })).toThrow(MalformedValue);
    expect(() => readAnswer('conversationStart', { attributes: nested(5000) })).toThrow(MalformedValue);
    expect(readAnswer('receiversOffline', { content: nested(64) })).toMatchObject({ content: nested(64) });
  });

  it('[F-HOOK-03] can be sent where it is cut within a character', () => {
    const cut = 'cut 😀'.slice(0, -1);
    const shown = 'cut \ufffd';
    expect(readAnswer('messageReceived', { content: cut, detail: cut })).toMatchObject({
      body: shown,
      detail: shown,
    });
    expect(readAnswer('receiversOffline', { content: { alert: [cut] } })).toMatchObject({
      content: { alert: [shown] },
    });
    expect(readAnswer('clientSign', { refuse: true, detail: cut })).toMatchObject({ error: shown });
  });

  it('[F-HOOK-04] has a code that clients can get', () => {
    for (const code of [2 ** 31 - 1, -(2 ** 31)]) {
      expect(readAnswer('conversationAdd', { reject: true, code })).toMatchObject({ code });
    }
    for (const code of [3e9, 2 ** 40, -(2 ** 31) - 1, 1.5, '7']) {
      expect(() => readAnswer('conversationAdd', { reject: true, code })).toThrow(MalformedValue);
    }
  });

  it('[F-HOOK-04] has attributes that a conversation can have', () => {
    const wrong = [{ name: 7 }, { attr: 'text' }, { 'a..b': 1 }, { k: { __op: 'Nonsense' } }];
    for (const attributes of wrong) {
      expect(() => readAnswer('conversationStart', { attributes })).toThrow(MalformedValue);
      expect(() => readAnswer('conversationUpdate', { attributes })).toThrow(MalformedValue);
    }
    expect(() => readAnswer('conversationUpdate', { attributes: { m: ['Mallory'] } })).toThrow(
      '"attributes" cannot be set: "m" is kept by the server',
    );
    const attributes = { name: 'n', 'attr.k': { __op: 'Increment', amount: 1 } };
    expect(readAnswer('conversationUpdate', { attributes })).toMatchObject({ attributes });
  });
});
