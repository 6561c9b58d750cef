/** One operation for a worker: its name in the worker's table, and the arguments of that function. */
export interface Call {
  readonly operation: string;
  readonly args: readonly unknown[];
}

/** What became of a call. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string } };

/** Main → worker. One reply per message, with an answer per call in the same order. */
export type ToWorker = readonly Call[] | 'close';

/** Worker → main. */
export type FromWorker =
  | 'ready'
  | { readonly failed: { readonly name: string; readonly message: string } }
  | readonly Answer[];

export interface WorkerData {
  readonly path: string;
  /** Of the {@link LogGate} between the thread that writes and the one that merges. */
  readonly gate?: SharedArrayBuffer;
  /** For the thread that merges the write-ahead log into the database: the descriptor of the database file. */
  readonly databaseFile?: number;
}

/** The operations of a worker. Each is called with arguments of the shape its caller typed. */
export type Operations = Readonly<Record<string, (...args: never[]) => unknown>>;
