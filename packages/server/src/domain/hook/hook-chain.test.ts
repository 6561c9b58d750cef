import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { App } from '../app/app.ts';
import { defaultAppSettings } from '../app/app-settings.ts';
import { knownConversation } from '../conversation/known-conversation.ts';
import {
  type BeforeHooks,
  HookFailed,
  type Hooks,
  type IncomingMessage,
  type MessageVerdict,
} from '../ports/hooks.ts';
import { HookChain } from './hook-chain.ts';

const conversation = knownConversation({
  app: 1,
  key: 1,
  id: 'c'.repeat(24),
  kind: 'basic',
  columns: {},
  members: ['Tom', 'a', 'b', 'c'],
  mutedBy: [],
  roles: [],
  silenced: [],
  silencedUntil: [],
  blocked: [],
  unique: false,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
});
const message: IncomingMessage = {
  conversation,
  sender: 'Tom',
  receivers: ['a', 'b', 'c'],
  body: 'original',
  transient: false,
  receipt: false,
  at: 1,
};

function appWith(abortOnHookFailure: boolean, signWhenHookFails = false): App {
  const settings = { ...defaultAppSettings, abortOnHookFailure, signWhenHookFails };
  return { key: 1, id: 'app', appKey: 'key', masterKey: 'master', settings };
}
const app = appWith(false);

const link = (hooks: BeforeHooks | undefined): Hooks => ({ before: () => hooks });
const chain = (...links: readonly (BeforeHooks | undefined)[]) => new HookChain(links.map(link));
const failing = () => Promise.reject(new HookFailed('down'));

/** What one of several says: a verdict, or that it fails. */
type Said = MessageVerdict | 'fails';
const clients = fc.subarray(['a', 'b', 'c', 'stranger']);
const said: fc.Arbitrary<Said> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('fails' as const) },
  { weight: 1, arbitrary: fc.record({ verdict: fc.constant('drop' as const), code: fc.nat(9) }) },
  {
    weight: 6,
    arbitrary: fc.record(
      { verdict: fc.constant('pass' as const), body: fc.string(), code: fc.nat(9), receivers: clients },
      { requiredKeys: ['verdict'] },
    ),
  },
);

/** What comes of a message in the end, said without a chain. */
function expected(all: readonly Said[], aborts: boolean): MessageVerdict | 'fails' {
  let receivers: readonly string[] = message.receivers;
  let change = {};
  for (const one of all) {
    if (one === 'fails') {
      if (aborts) return 'fails';
      continue;
    }
    if (one.verdict === 'drop') return one;
    const { body, code, receivers: wanted } = one;
    if (body !== undefined) change = { body, ...(code !== undefined && { code }) };
    if (wanted !== undefined) receivers = receivers.filter((client) => wanted.includes(client));
  }
  return {
    verdict: 'pass',
    ...change,
    ...(receivers.length < message.receivers.length && { receivers }),
  };
}

describe('several who have a say in a message', () => {
  it('[F-HOOK-03] each see what is left by those before, and the first refusal is the last word', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 2, maxLength: 5 }), fc.boolean(), async (all, aborts) => {
        const seen: IncomingMessage[] = [];
        const links = all.map(
          (one): BeforeHooks => ({
            messageReceived: async (asked) => {
              seen.push(asked);
              if (one === 'fails') throw new HookFailed('down');
              return one;
            },
          }),
        );
        const ask = chain(...links).before(appWith(aborts))?.messageReceived;
        const outcome = await ask?.(message).catch((error: unknown) => {
          expect(error).toBeInstanceOf(HookFailed);
          return 'fails' as const;
        });
        expect(outcome).toEqual(expected(all, aborts));
        for (const [index, { body, receivers }] of seen.entries()) {
          const before = expected(all.slice(0, index), aborts);
          if (before === 'fails' || before.verdict === 'drop') throw new Error('It was asked after the end.');
          expect(body).toBe(before.body ?? message.body);
          expect(receivers).toEqual(before.receivers ?? message.receivers);
        }
      }),
    );
  });

  it('[F-HOOK-03] let a recall be what it is', async () => {
    const rewriting = { messageUpdate: async () => ({ verdict: 'pass', body: 'other' }) as const };
    const seen: unknown[] = [];
    const looking: BeforeHooks = {
      messageUpdate: async ({ body }) => {
        seen.push(body);
        return { verdict: 'pass' };
      },
    };
    const ask = chain(rewriting, looking).before(app)?.messageUpdate;
    const update = { ...message, id: 'm', recall: true };
    expect(await ask?.(update)).toEqual({ verdict: 'pass' });
    expect(await ask?.({ ...update, recall: false })).toEqual({ verdict: 'pass', body: 'other' });
    expect(seen).toEqual(['original', 'other']);
  });
});

describe('several who have a say in the rest', () => {
  it('[F-HOOK-01] narrow who is notified, and one that skips ends it', async () => {
    const narrowing = (...receivers: string[]): BeforeHooks => ({
      receiversOffline: async () => ({ verdict: 'push', force: receivers.length === 1, receivers }),
    });
    const missed = { ...message, offline: ['a', 'b', 'c'], mentions: [], mentionAll: false };
    const titled: BeforeHooks = {
      receiversOffline: async ({ offline }) => ({
        verdict: 'push',
        force: false,
        content: { alert: offline },
      }),
    };
    const all = chain(narrowing('a', 'c', 'x'), { receiversOffline: failing }, narrowing('c'), titled);
    expect(await all.before(app)?.receiversOffline?.(missed)).toEqual({
      verdict: 'push',
      receivers: ['c'],
      force: true,
      content: { alert: ['c'] },
    });
    const skipping: BeforeHooks = { receiversOffline: async () => ({ verdict: 'skip' }) };
    const skipped = chain(narrowing('a'), skipping, { receiversOffline: failing }).before(appWith(true));
    expect(await skipped?.receiversOffline?.(missed)).toEqual({ verdict: 'skip' });
  });

  it('[F-HOOK-04] add attributes one after the other, and any of them refuses', async () => {
    const adding = (key: string): BeforeHooks => ({
      conversationStart: async ({ attributes }) => ({
        verdict: 'pass',
        attributes: { [key]: Object.keys(attributes).length },
      }),
    });
    const start = { members: ['Tom'], attributes: { name: 'x' } };
    const all = chain(adding('first'), { conversationStart: failing }, adding('second'));
    expect(await all.before(app)?.conversationStart?.(start)).toEqual({
      verdict: 'pass',
      attributes: { name: 'x', first: 1, second: 2 },
    });
    const refusal = { verdict: 'reject', code: 3 } as const;
    const refused = chain(adding('first'), { conversationStart: async () => refusal }, adding('second'));
    expect(await refused.before(app)?.conversationStart?.(start)).toEqual(refusal);
  });

  it('[F-HOOK-04] change an update only in what it is about', async () => {
    const changing = { verdict: 'pass', attributes: { name: 'new' }, muted: true } as const;
    const ask = chain({ conversationUpdate: async () => changing }, { conversationUpdate: failing }).before(
      app,
    )?.conversationUpdate;
    expect(await ask?.({ conversation, attributes: { name: 'old' } })).toEqual({
      verdict: 'pass',
      attributes: { name: 'new' },
    });
    expect(await ask?.({ conversation, muted: false })).toEqual({ verdict: 'pass', muted: true });
  });

  it('[F-HOOK-04] let nobody in whom one of them refuses', async () => {
    const refusal = { verdict: 'reject', code: 3 } as const;
    const pass: BeforeHooks = { conversationAdd: async () => ({ verdict: 'pass' }) };
    const hooks = chain(pass, { conversationAdd: async () => refusal }).before(app);
    expect(await hooks?.conversationAdd?.({ conversation, members: ['a'] })).toEqual(refusal);
    expect(hooks?.conversationRemove).toBeUndefined();
  });

  it('[F-SESS-39] sign no login that one of them cannot check, whatever the app says of failures', async () => {
    const user = { id: 'u' } as Parameters<NonNullable<BeforeHooks['clientSign']>>[0];
    const allowing: BeforeHooks = { clientSign: async () => ({ isAllowed: true }) };
    expect(await chain(allowing, allowing).before(app)?.clientSign?.(user, '')).toEqual({ isAllowed: true });
    await expect(
      chain(allowing, { clientSign: failing }).before(app)?.clientSign?.(user, ''),
    ).rejects.toBeInstanceOf(HookFailed);
  });

  it('[F-SESS-39] let the others refuse a login where one fails and the app signs nevertheless', async () => {
    const user = { id: 'u' } as Parameters<NonNullable<BeforeHooks['clientSign']>>[0];
    const refusal = { isAllowed: false, error: 'not you' };
    const signing = (...asked: readonly NonNullable<BeforeHooks['clientSign']>[]) =>
      chain(...asked.map((clientSign) => ({ clientSign })))
        .before(appWith(false, true))
        ?.clientSign?.(user, '');
    expect(await signing(failing, async () => refusal)).toEqual(refusal);
    expect(await signing(failing, async () => ({ isAllowed: true }))).toEqual({ isAllowed: true });
    expect(await signing(failing, failing)).toEqual({ isAllowed: true });
  });
});

describe('a chain', () => {
  it('is nothing where nobody has a say, and is its only link where one has', () => {
    const hooks: BeforeHooks = {};
    expect(chain(undefined, undefined).before(app)).toBeUndefined();
    expect(chain(undefined, hooks).before(app)).toBe(hooks);
  });

  it('is made once for each app, and again when a link has other hooks', () => {
    let current: BeforeHooks = {};
    const hooks = new HookChain([{ before: () => current }, link({})]);
    const first = hooks.before(app);
    expect(hooks.before(app)).toBe(first);
    expect(hooks.before(appWith(false))).not.toBe(first);
    current = { messageReceived: failing };
    expect(hooks.before(app)).not.toBe(first);
    expect(hooks.before(app)?.messageReceived).toBeDefined();
  });
});
