import type { Channel } from './channel.ts';
import { failureOf } from './failure-of.ts';

/** Keeps the process from ending at the wrong moment, and the server from being ended by it. */
export function guardProcess(channel: Channel): void {
  // They are meant for the server, and a terminal sends them to all its children: it says itself when to stop.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

  // Whoever forgot an await has half-done nothing; ending the process would also end the checks of a filter.
  process.on('unhandledRejection', (error) => channel.post({ stray: failureOf(error) }));
  process.on('uncaughtException', (error) => {
    void channel.postLast({ dying: failureOf(error) }).then(() => process.exit(1));
  });

  const kill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (pid <= 0 || pid === process.ppid) throw new Error('A plug-in does not end its server.');
    return kill(pid, signal);
  };
}
