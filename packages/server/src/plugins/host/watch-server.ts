import { Worker } from 'node:worker_threads';

/** In a thread of its own, which a plug-in that loops without end does not hold up. */
const WATCH = `
const { workerData: server } = require('node:worker_threads');
setInterval(() => {
  if (process.ppid !== server) process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

/** Ends this process when its server is gone, whatever it is doing: the end of the channel is heard only by who listens. */
export function watchServer(): void {
  new Worker(WATCH, {
    eval: true,
    workerData: process.ppid,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  }).unref();
}
