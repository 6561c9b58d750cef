/** A plug-in of the configuration. */
export interface PluginEntry {
  /** The file, absolute. */
  readonly path: string;
  /** Ids of the apps it is for; absent: all. */
  readonly apps?: readonly string[];
  /** What the plug-in itself reads. */
  readonly options?: unknown;
  /** How long a hook may think. */
  readonly timeoutMs?: number;
  /** Megabytes of JavaScript its process may have. */
  readonly memoryMb?: number;
}

/** The server cannot start with this plug-in. The message is for whoever wrote the configuration. */
export class PluginUnusable extends Error {
  override readonly name = 'PluginUnusable';

  constructor(path: string, why: string) {
    super(`The plug-in ${path} cannot be used: ${why}`);
  }
}
