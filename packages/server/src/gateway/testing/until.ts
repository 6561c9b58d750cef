const PATIENCE_MS = 15_000;

/** Waits for something to become true, turn by turn of the event loop, so that nothing depends on how long it takes. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited too long for ${what}.`);
    await turn();
  }
}

/** One turn of the event loop: what was readable has been read, what was to be flushed has been written. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
}
