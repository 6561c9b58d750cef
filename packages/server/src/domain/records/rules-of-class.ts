import { fileRules } from '../files/file-rules.ts';
import { installationRules } from '../installations/installation-rules.ts';
import { userRules } from '../users/user-rules.ts';
import type { ClassRules } from './class-rules.ts';
import type { ClassName } from './record.ts';

const none: ReadonlySet<string> = new Set();

/** Classes the app made up. Clients may use them where the app says so; who may do what with an object, its ACL says. */
const ordinaryRules: ClassRules = {
  may: ({ settings }) => {
    const audience = settings.appKeyUsesClasses ? 'app' : 'master';
    return { create: audience, find: audience, get: audience, update: audience, delete: audience };
  },
  types: {},
  serverColumns: none,
  privateColumns: none,
  keys: () => [],
  takenRefusals: {},
};

const special: Readonly<Record<ClassName, ClassRules>> = {
  _User: userRules,
  _Installation: installationRules,
  _File: fileRules,
};

/** `undefined` for classes beginning with `_` that mean nothing here. */
export function rulesOf(className: ClassName): ClassRules | undefined {
  if (Object.hasOwn(special, className)) return special[className];
  return className.startsWith('_') ? undefined : ordinaryRules;
}
