import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-crash-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Sends without a pause into three conversations; prints `sent <conversation> <seq> <id>` once a send resolved. */
const sender = (index: string, path: string) => `
  import { openSqliteStore } from ${JSON.stringify(index)};
  const store = await openSqliteStore({ path: ${JSON.stringify(path)}, onFatal() {} });
  const keys = [];
  for (const id of ['a', 'b', 'c']) {
    const draft = { app: 1, id: id.repeat(24), kind: 'basic', columns: {}, members: ['Tom', 'Jerry'], unique: false, now: 1 };
    keys.push((await store.conversations.create(draft)).conversation.key);
  }
  const send = async (n) => {
    const conversation = keys[n % 3];
    const draft = { conversation, sender: 'Tom', body: 'x', receipt: false, mentions: [], mentionAll: false };
    const sent = await store.messages.append({ ...draft, token: String(n), membersOnly: true, now: 1000 + n });
    process.stdout.write(\`sent \${conversation} \${sent.seq} \${sent.id}\\n\`);
    // Reads settle the index of one conversation while the others wait.
    if (n % 50 === 0) await store.messages.history({ conversation, direction: 'older', limit: 1 });
    await send(n + 16);
  };
  for (let n = 0; n < 16; n++) void send(n);
`;

it.each([100, 1500])(
  '[F-MSG-04] everything acknowledged outlives a process killed after %i messages',
  async (messages) => {
    const path = join(folder, 'parley.db');
    const program = join(folder, 'sender.mjs');
    await writeFile(program, sender(fileURLToPath(new URL('./index.ts', import.meta.url)), path));
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: { conversation: number; seq: number; id: string }[] = [];
    for await (const line of createInterface(child.stdout)) {
      const [, conversation, seq, id] = /^sent (\d+) (\d+) (\S+)$/.exec(line) ?? [];
      // The last line may be cut off by the kill.
      if (id?.length === 22) acknowledged.push({ conversation: Number(conversation), seq: Number(seq), id });
      if (acknowledged.length === messages) child.kill('SIGKILL');
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(messages);

    const store = await openSqliteStore({
      path,
      onFatal: (error) => {
        throw error;
      },
    });
    for (const conversation of new Set(acknowledged.map((each) => each.conversation))) {
      const history = await store.messages.history({ conversation, direction: 'newer', limit: 1_000_000 });
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index + 1));
      const ofThis = acknowledged.filter((each) => each.conversation === conversation);
      for (const { seq, id } of ofThis) expect(history[seq - 1]?.id).toBe(id);
      const newest = history.at(-1);
      const [state] = (await store.memberStates.unread(1, 'Jerry', 0, 1)).filter(
        (each) => each.conversation.key === conversation,
      );
      expect([state?.count, state?.lastMessage?.id]).toEqual([history.length, newest?.id]);
    }
    await store.close();
  },
);
