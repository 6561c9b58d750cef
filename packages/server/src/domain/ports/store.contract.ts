import { describe } from 'vitest';
import { describeAudit } from './contract/audit.contract.ts';
import { describeConversations } from './contract/conversations.contract.ts';
import { describeHiddenMessages } from './contract/hidden-messages.contract.ts';
import { describeInterleavings } from './contract/interleavings.contract.ts';
import { describeKeywordsAndBans } from './contract/keywords-and-bans.contract.ts';
import { describeMemberStates } from './contract/member-states.contract.ts';
import { describeMessages } from './contract/messages.contract.ts';
import { describeMoments } from './contract/moments.contract.ts';
import { describeOperators } from './contract/operators.contract.ts';
import { describeQueries } from './contract/queries.contract.ts';
import { describeRecords } from './contract/records.contract.ts';
import { describeServices } from './contract/services.contract.ts';
import { describeUpkeep } from './contract/upkeep.contract.ts';
import { describeWebhooks } from './contract/webhooks.contract.ts';
import type { Engine } from './testing/stage.ts';

/**
 * What every store has to do, whatever it is made of (`store.ts`). An engine that cannot do one of these says why in
 * its own test.
 *
 * @example describeStore({ name: 'memory', open: async () => ({ store: await openMemoryStore(), remove: async () => {} }) });
 */
export function describeStore(engine: Engine): void {
  describe(`the ${engine.name} store`, () => {
    describeConversations(engine);
    describeMessages(engine);
    describeMemberStates(engine);
    describeServices(engine);
    describeHiddenMessages(engine);
    describeRecords(engine);
    describeMoments(engine);
    describeOperators(engine);
    describeQueries(engine);
    describeInterleavings(engine);
    describeUpkeep(engine);
    describeWebhooks(engine);
    describeAudit(engine);
    describeKeywordsAndBans(engine);
  });
}
