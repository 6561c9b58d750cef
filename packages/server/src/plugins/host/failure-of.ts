import type { Failure } from '../protocol.ts';
import { shown } from './values.ts';

const MAX_MESSAGE = 1000;
const MAX_STACK = 4000;

/** Whatever was thrown, as it can cross to the server. */
export function failureOf(error: unknown): Failure {
  try {
    if (!(error instanceof Error)) return { message: shown(error) };
    const { message, stack } = error;
    return {
      message: String(message).slice(0, MAX_MESSAGE),
      ...(typeof stack === 'string' && { stack: stack.slice(0, MAX_STACK) }),
    };
  } catch {
    return { message: 'Something was thrown that cannot even be looked at.' };
  }
}
