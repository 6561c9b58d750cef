/** What the configuration says. */
export interface Options {
  /** The service that people write to. */
  readonly service: string;
  /** Who answers. */
  readonly from: string;
  /** What to answer where a word is in the question; the first that fits. */
  readonly answers: Readonly<Record<string, string>>;
  /** What to answer where none is. Absent: nothing. */
  readonly otherwise?: string;
}

/** @throws Error with the sentence that the start of the server ends with */
export function readOptions(given: unknown): Options {
  const { service, from = 'bot', answers, otherwise } = (given ?? {}) as Partial<Options>;
  if (typeof service !== 'string') throw new Error('"service" must be the id of a service.');
  if (typeof from !== 'string' || (otherwise !== undefined && typeof otherwise !== 'string')) {
    throw new Error('"from" and "otherwise" must be texts.');
  }
  if (typeof answers !== 'object' || answers === null || !Object.values(answers).every(isText)) {
    throw new Error('"answers" must be an object such as {"open": "From 9 to 18."}.');
  }
  return { service, from, answers, ...(otherwise !== undefined && { otherwise }) };
}

/** Put your own in place of it: a database, a language model. */
export function answerTo(question: string, { answers, otherwise }: Options): string | undefined {
  const asked = question.toLowerCase();
  const [, answer] = Object.entries(answers).find(([word]) => asked.includes(word.toLowerCase())) ?? [];
  return answer ?? otherwise;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
