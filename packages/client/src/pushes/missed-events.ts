import { CommandType, type ConvCommand, type GenericCommand, OpType } from '@parley/protocol/wire';
import type { Core } from '../core.ts';
import { asNumber, asString, isObject, type JsonObject } from '../json.ts';

const commands: Readonly<Record<string, number>> = { conv: CommandType.conv, rcp: CommandType.rcp };
const operations: Readonly<Record<string, number | undefined>> = OpType;

/**
 * What happened to conversations while this client had no connection, oldest first (`wire-protocol §4.14`). Events after
 * `until` are left out.
 */
export async function* missedEvents(
  core: Core,
  since: number,
  until: number,
): AsyncGenerator<GenericCommand> {
  const { session } = core;
  for (let from = since; ; ) {
    const answer = await session.connection.http.get('/1.1/rtm/notifications', {
      query: { client_id: session.clientId, start_ts: from, notification_type: 'permanent' },
      headers: { 'X-LC-IM-Session-Token': await session.token() },
    });
    const { notifications, hasMore } = isObject(answer) ? answer : {};
    const entries = (Array.isArray(notifications) ? notifications : []).filter(isObject);
    for (const entry of entries) if ((asNumber(entry.serverTs) ?? 0) <= until) yield commandOf(entry);
    const last = asNumber(entries.at(-1)?.serverTs);
    if (hasMore !== true || last === undefined || last <= from || last > until) return;
    from = last;
  }
}

/** The entry as it would have been pushed: what is beside its envelope is its payload. */
function commandOf({ cmd, op, serverTs, notificationType, ...payload }: JsonObject): GenericCommand {
  const isReceipt = cmd === 'rcp';
  return {
    cmd: commands[asString(cmd) ?? ''],
    op: operations[asString(op) ?? ''],
    serverTs: asNumber(serverTs),
    notificationType: asNumber(notificationType),
    ...(isReceipt ? { rcpMessage: payload } : { convMessage: payload as ConvCommand }),
  };
}
