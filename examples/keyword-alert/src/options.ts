/** What the configuration says. */
export interface Options {
  /** Parts of what people write, in any case. */
  readonly words: readonly string[];
  /** The conversation of the moderators. */
  readonly conversation: string;
  /** Who speaks there. */
  readonly from: string;
}

/** @throws Error with the sentence that the start of the server ends with */
export function readOptions(given: unknown): Options {
  const { words, conversation, from = 'keyword-alert' } = (given ?? {}) as Partial<Options>;
  const isWord = (word: unknown) => typeof word === 'string' && word !== '';
  if (!Array.isArray(words) || words.length === 0 || !words.every(isWord)) {
    throw new Error('"words" must be a list of words.');
  }
  if (typeof conversation !== 'string' || typeof from !== 'string') {
    throw new Error('"conversation" must be the id of the conversation in which moderators are alerted.');
  }
  return { words, conversation, from };
}
