import { en } from '../text/en.ts';
import { zh } from '../text/zh.ts';

/** In any language of the page: the sender's need not be the reader's. */
const EVERYONE: readonly string[] = [en.composer.everyone, zh.composer.everyone];

/** Whom a text means by `@`, among those who are there. */
export function mentionedIn(
  text: string,
  members: readonly string[],
): readonly string[] | 'everyone' | undefined {
  // What goes on after a name is another, longer one; the name itself may still follow.
  const isNamed = (name: string) => {
    const [, ...behind] = text.split(`@${name}`);
    return behind.some((rest) => !/^[\p{L}\p{N}_-]/u.test(rest));
  };
  if (EVERYONE.some(isNamed)) return 'everyone';
  const named = members.filter(isNamed);
  return named.length === 0 ? undefined : named;
}

/** What stands between an `@` and the caret. Chinese has no space before it, addresses have none either. */
export function mentionBefore(
  text: string,
  caret: number,
): { readonly start: number; readonly typed: string } | undefined {
  const match = /(?:^|[^\p{Script=Latin}\p{N}])@([^\s@]{0,24})$/u.exec(text.slice(0, caret));
  const typed = match?.[1];
  return typed === undefined ? undefined : { start: caret - typed.length, typed };
}
