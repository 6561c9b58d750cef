import type { AuditRepository } from '../../domain/ports/audit.ts';
import type { Tables } from './tables.ts';

export function auditRepository(tables: Tables): AuditRepository {
  return {
    async add(app, draft) {
      tables.addAuditEntry(app, draft);
    },
    async list({ app, before, since, until, action, target, limit }) {
      return tables.audit
        .filter((kept) => kept.app === app)
        .map(({ entry }) => entry)
        .filter((entry) => before === undefined || entry.id < before)
        .filter((entry) => since === undefined || entry.at >= since)
        .filter((entry) => until === undefined || entry.at < until)
        .filter((entry) => action === undefined || entry.action === action)
        .filter((entry) => target === undefined || entry.target === target)
        .toReversed()
        .slice(0, limit);
    },
  };
}
