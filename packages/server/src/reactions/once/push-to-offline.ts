import type { DomainEvent } from '../../domain/events.ts';
import type { Pusher } from '../../domain/ports/pusher.ts';
import { planPush } from '../../domain/push/plan-push.ts';
import type { World } from '../../domain/world.ts';

/**
 * Notifies those who were not there. The app's hook is asked also where nothing can be pushed, because apps push by
 * themselves there; where there is neither hook nor push, nothing is computed.
 *
 * @param world known before any event comes
 * @param failed told of what went wrong; nobody waits for a push
 */
export function pushToOffline(
  world: () => World | undefined,
  pusher: Pusher | undefined,
  failed: (error: unknown, event: DomainEvent) => void,
): (event: DomainEvent) => void {
  return (event) => {
    const known = world();
    if (event.type !== 'message-sent' || event.kind !== 'stored' || known === undefined) return;
    const app = known.apps.byKey(event.app);
    if (app === undefined) return;
    if (pusher === undefined && known.hooks.before(app)?.receiversOffline === undefined) return;
    planPush(known, app, event)
      .then((push) => {
        if (push !== undefined) pusher?.push(app, push);
      })
      .catch((error: unknown) => failed(error, event));
  };
}
