import type { ConversationKind } from '../../domain/conversation/conversation.ts';
import type { DomainEvent, MessageSent } from '../../domain/events.ts';
import type { AppKey } from '../../domain/identifiers.ts';

type Kinds = Map<MessageSent['kind'], number>;

/** How many messages were sent since the start, and how many times a session got one. */
export class MessageCounters {
  readonly #apps = new Map<AppKey, Map<ConversationKind, Kinds>>();
  deliveries = 0;

  readonly count = (event: DomainEvent): void => {
    if (event.type !== 'message-sent' || event.isContinued === true) return;
    const conversations = entry(this.#apps, event.app, () => new Map<ConversationKind, Kinds>());
    const kinds = entry(conversations, event.conversation.kind, (): Kinds => new Map());
    kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
  };

  *read(): Iterable<{
    readonly app: AppKey;
    readonly conversation: ConversationKind;
    readonly kind: MessageSent['kind'];
    readonly count: number;
  }> {
    for (const [app, conversations] of this.#apps) {
      for (const [conversation, kinds] of conversations) {
        for (const [kind, count] of kinds) yield { app, conversation, kind, count };
      }
    }
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
