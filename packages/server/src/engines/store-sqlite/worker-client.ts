import { Worker } from 'node:worker_threads';
import { QueryTooSlow } from '../../domain/ports/query-too-slow.ts';
import { DatabaseInUse, DatabaseTooNew, DatabaseUnusable, DiskFull } from './failures.ts';
import type { Answer, Call, FromWorker, WorkerData } from './worker-protocol.ts';

interface Waiting extends Call {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** @param milliseconds from handing it over to having the answers */
export type BatchObserver = (calls: number, milliseconds: number) => void;

/** Bounds how long a transaction keeps the first of its calls waiting. */
const MAX_BATCH = 512;
/** While one batch is being committed the next is already with the worker, so that it never waits for us. */
const MAX_BATCHES_UNDER_WAY = 2;

/**
 * The main thread's end of a worker. Calls that come while the worker is busy go together in the next message:
 * batches grow by themselves with the load, and a lonely call waits for nobody.
 */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #underWay: { readonly batch: readonly Waiting[]; readonly since: number }[] = [];
  readonly #died: (error: Error) => void;
  readonly #answeredBatch: BatchObserver;
  #waiting: Waiting[] = [];
  #dead: Error | undefined;
  #closed: (() => void) | undefined;
  #postScheduled = false;

  private constructor(worker: Worker, died: (error: Error) => void, answeredBatch: BatchObserver) {
    this.#worker = worker;
    this.#died = died;
    this.#answeredBatch = answeredBatch;
  }

  /**
   * @param died told once if the worker ends by itself; every call rejects from then on
   * @param answered told of every batch when it is answered
   * @throws DatabaseUnusable and its kinds
   */
  static async start(
    entry: URL,
    data: WorkerData,
    died: (error: Error) => void,
    answered: BatchObserver = () => {},
  ): Promise<WorkerClient> {
    const worker = new Worker(entry, { workerData: data });
    const client = new WorkerClient(worker, died, answered);
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: FromWorker) => {
        if (message === 'ready') resolve();
        else if ('failed' in message) reject(revive(message.failed));
      });
    });
    worker.removeAllListeners('error');
    worker.on('message', (answers: readonly Answer[]) => client.#answered(answers));
    worker.on('error', (error: Error) => client.#ended(error));
    worker.on('exit', (code) => client.#ended(new Error(`The store's worker ended with code ${code}.`)));
    return client;
  }

  call<Result>(operation: string, ...args: readonly unknown[]): Promise<Result> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ operation, args, resolve: resolve as (value: never) => void, reject });
      if (this.#waiting.length === 1) this.#post();
    });
  }

  /** Resolves when everything called before is answered; calls are answered in their order. */
  async finish(): Promise<void> {
    await this.call('ping').catch(() => {});
  }

  /** Finishes what was called, then ends the worker. */
  async close(): Promise<void> {
    await this.finish();
    if (this.#dead !== undefined) return;
    this.#dead = new Error('The store is closed.');
    const exited = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.#worker.postMessage('close');
    await exited;
  }

  /** Calls of the same turn of the loop shall share the batch, so it leaves when the turn has read what there was. */
  #post(): void {
    if (this.#postScheduled || this.#underWay.length >= MAX_BATCHES_UNDER_WAY || this.#waiting.length === 0)
      return;
    this.#postScheduled = true;
    setImmediate(() => {
      this.#postScheduled = false;
      while (this.#underWay.length < MAX_BATCHES_UNDER_WAY && this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, MAX_BATCH);
        this.#underWay.push({ batch, since: performance.now() });
        this.#worker.postMessage(batch.map(({ operation, args }) => ({ operation, args })));
      }
    });
  }

  #answered(answers: readonly Answer[]): void {
    const { batch = [], since = 0 } = this.#underWay.shift() ?? {};
    this.#post();
    this.#answeredBatch(batch.length, performance.now() - since);
    for (const [index, { resolve, reject }] of batch.entries()) {
      const answer = answers[index];
      if (answer?.ok === true) resolve(answer.value as never);
      else reject(revive(answer?.error ?? { name: 'Error', message: 'The store gave no answer.' }));
    }
  }

  #ended(error: Error): void {
    if (this.#closed !== undefined) {
      this.#closed();
      return;
    }
    if (this.#dead !== undefined) return;
    this.#dead = error;
    for (const { reject } of [...this.#underWay.flatMap(({ batch }) => batch), ...this.#waiting])
      reject(error);
    this.#underWay.length = 0;
    this.#waiting = [];
    this.#died(error);
  }
}

/** Errors cross threads as name and message; the kinds somebody looks at get their class back. */
function revive({ name, message }: { readonly name: string; readonly message: string }): Error {
  switch (name) {
    case 'QueryTooSlow':
      return new QueryTooSlow(message);
    case 'DatabaseInUse':
      return new DatabaseInUse(message);
    case 'DatabaseTooNew':
      return new DatabaseTooNew(message);
    case 'DiskFull':
      return new DiskFull(message);
    case 'DatabaseUnusable':
      return new DatabaseUnusable(message);
    default:
      return new Error(message);
  }
}
