/** How long something that has to happen may take. */
export const patience = 20_000;

/** What the SDKs offer to listen with. */
export interface Emitter {
  on(event: string, listener: (...payload: never[]) => void): unknown;
  off(event: string, listener: (...payload: never[]) => void): unknown;
}

/**
 * The payload of the next `event` that matches: its first argument.
 *
 * @example
 * const received = once<Message>(jerry, Event.MESSAGE);
 * await conversation.send(new TextMessage('hello'));
 * expect((await received).id).toBe(…);
 */
export async function once<T>(
  emitter: unknown,
  event: string,
  matches: (payload: T) => boolean = () => true,
): Promise<T> {
  return (await onceAll<T>(emitter, event, matches))[0];
}

/** Like {@link once}, with everything the event carries: most events of a client bring the conversation along. */
export function onceAll<T>(
  emitter: unknown,
  event: string,
  matches: (payload: T) => boolean = () => true,
): Promise<[T, ...unknown[]]> {
  const source = emitter as Emitter;
  // Made here so that the stack of a failure points at the test that waits.
  const tooLate = new Error(`No '${event}' event that matches within ${patience} ms.`);
  const promise = new Promise<[T, ...unknown[]]>((resolve, reject) => {
    const listener = (...payload: unknown[]): void => {
      if (!matches(payload[0] as T)) return;
      clearTimeout(deadline);
      source.off(event, listener);
      resolve(payload as [T, ...unknown[]]);
    };
    const deadline = setTimeout(() => {
      source.off(event, listener);
      reject(tooLate);
    }, patience);
    source.on(event, listener);
  });
  // A test that fails before it awaits this must not end in an unhandled rejection as well.
  promise.catch(() => {});
  return promise;
}

/** Everything an event brings from now on, oldest first. */
export function collect<T>(emitter: unknown, event: string): T[] {
  const seen: T[] = [];
  (emitter as Emitter).on(event, (...payload: unknown[]) => {
    seen.push(payload[0] as T);
  });
  return seen;
}
