import { type ClassActions, recordActions } from './class-actions.ts';
import { conversationActions } from './conversation-actions.ts';
import { memberInfoActions } from './member-info-actions.ts';
import { serviceMessageActions } from './service-message-actions.ts';

/** Another name that queries for files go by. */
const CLASS_ALIASES: ReadonlyMap<string, string> = new Map([['files', '_File']]);

/** The class that a name in a path stands for. */
export function classNamed(name: string): string {
  return CLASS_ALIASES.get(name) ?? name;
}

export function actionsOf(className: string): ClassActions {
  switch (className) {
    case '_Conversation':
      return conversationActions;
    case '_ConversationMemberInfo':
      return memberInfoActions;
    case '_SysMessage':
      return serviceMessageActions;
    default:
      return recordActions;
  }
}
