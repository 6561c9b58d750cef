import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { App } from '../app/app.ts';
import { defaultAppSettings } from '../app/app-settings.ts';
import type { Conversation } from '../conversation/known-conversation.ts';
import { isJsonObject } from '../json.ts';
import type { World } from '../world.ts';
import { buildAutomaton } from './build-automaton.ts';
import { censor } from './censor.ts';

const app: App = { key: 1, id: 'app', appKey: '', masterKey: '', settings: defaultAppSettings };
const automaton = buildAutomaton(['bad']);
const keywords = { of: () => automaton } as unknown as World['keywords'];
const room = { kind: 'chat-room', members: [] as readonly string[] } as Conversation;

const censored = (body: string) => censor({ keywords }, app, room, { body }).body as string;

describe('censoring', () => {
  it('[F-MOD-04] changes the text of a typed message and nothing else of it, whatever it has', () => {
    const text = fc.array(fc.constantFrom('bad', ' ', '"', '\\', 'good', '😀'), { maxLength: 5 });
    const others = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(others, text, fc.integer(), (fields, words, type) => {
        const message = { ...fields, _lctype: type, _lctext: words.join('') };
        const expected = { ...message, _lctext: words.join('').replaceAll('bad', '***') };
        const body = JSON.stringify(message);
        expect(JSON.parse(censored(body))).toEqual(JSON.parse(JSON.stringify(expected)));
        if (!words.includes('bad')) expect(censored(body)).toBe(body);
      }),
    );
  });

  it('[F-MOD-04] is done with any text, JSON or not, and leaves no keyword in what is no typed message', () => {
    const part = fc.constantFrom('{"_lctype":', ',"_lctext":', '}', '"bad"', 'bad', '1', '[', ']', ' ', '"');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const body = parts.join('');
        const result = censored(body);
        if (!isTyped(body)) expect(result).toBe(body.replaceAll('bad', '***'));
      }),
      { numRuns: 1000 },
    );
  });
});

function isTyped(body: string): boolean {
  try {
    const content: unknown = JSON.parse(body);
    return isJsonObject(content) && typeof content._lctype === 'number';
  } catch {
    return false;
  }
}
