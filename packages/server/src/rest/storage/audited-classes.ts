import type { AuditRule } from '../audit.ts';

export type AuditedVerb = 'create' | 'change' | 'delete';

const THINGS: Readonly<Record<string, string>> = {
  _Conversation: 'conversation',
  _ConversationMemberInfo: 'role',
  _File: 'file',
  files: 'file',
  _Installation: 'installation',
  _User: 'user',
};

/** Classes of the platform are administered; those that the app made up are its own business, and as busy as it is. */
export function auditRuleOf(className: string, verb: AuditedVerb): AuditRule {
  const thing = THINGS[className];
  if (thing === undefined && !className.startsWith('_')) return { not: 'data of the app' };
  return {
    action: `${thing ?? 'object'}.${verb}`,
    target: verb === 'create' ? 'created' : { parameter: 'objectId' },
    ...(thing === undefined && { tells: ['className'] }),
  };
}
