import { describe, expect, it } from 'vitest';
import { conversationDocument } from './conversation-document.ts';
import { compileCondition } from './matches.ts';
import { parseWhere } from './parse-where.ts';
import { sampleConversation } from './sample-conversation.ts';

describe('the document of a conversation', () => {
  it('has every column under its wire name', () => {
    const document = conversationDocument(
      sampleConversation({
        columns: { name: 'n', attr: { a: { b: 1 } } },
        mutedBy: ['Tom'],
        lastMessageAt: 9,
      }),
    );
    expect(document.value(['objectId'])).toBe('5f1a0c2de4b0a1c2d3e4f501');
    expect(document.value(['name'])).toBe('n');
    expect(document.value(['c'])).toBe('Tom');
    expect(document.value(['m'])).toEqual(['Tom', 'Jerry']);
    expect(document.value(['mu'])).toEqual(['Tom']);
    expect(document.value(['lm'])).toEqual(new Date(9));
    expect(document.value(['attr', 'a', 'b'])).toBe(1);
    expect(document.value(['unique'])).toBe(false);
    expect(document.value(['uniqueId'])).toBeUndefined();
    expect(document.value(['createdAt', 'iso'])).toBeUndefined();
    expect(document.value(['nothing'])).toBeUndefined();
  });

  it('[F-CONV-24] finds custom columns at top level and under attr', () => {
    const document = conversationDocument(
      sampleConversation({ columns: { type: 'group', attr: { open: true } } }),
    );
    expect(compileCondition(parseWhere({ type: 'group', 'attr.open': true }))(document)).toBe(true);
  });

  it('[F-CONV-59] has its flags false rather than missing', () => {
    const kinds = ['basic', 'chat-room', 'service'] as const;
    const matching = (where: Parameters<typeof parseWhere>[0]) =>
      kinds.filter((kind) =>
        compileCondition(parseWhere(where))(conversationDocument(sampleConversation({ kind }))),
      );
    expect(matching({ tr: true })).toEqual(['chat-room']);
    expect(matching({ tr: false })).toEqual(['basic', 'service']);
    expect(matching({ sys: true })).toEqual(['service']);
    expect(matching({ sys: { $ne: true }, tr: { $ne: true } })).toEqual(['basic']);
    expect(matching({ m: { $exists: true } })).toEqual(['basic']);
  });
});
