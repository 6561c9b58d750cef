import {
  CommandType,
  type ConvCommand,
  type DirectCommand,
  type GenericCommand,
  OpType,
} from '@parley/protocol';
import type { TestClient } from '@parley/testkit';

/** Short forms of what nearly every wire test does. */

export async function startConversation(client: TestClient, conv: ConvCommand): Promise<string> {
  const reply = await client.request({
    cmd: CommandType.conv,
    op: OpType.start,
    convMessage: { attr: { data: '{}' }, ...conv },
  });
  const cid = reply.convMessage?.cid;
  if (cid === undefined) throw new Error(`No conversation was started: ${JSON.stringify(reply)}`);
  return cid;
}

export function conv(client: TestClient, op: OpType, fields: ConvCommand): Promise<GenericCommand> {
  return client.request({ cmd: CommandType.conv, op, convMessage: fields });
}

export function say(
  client: TestClient,
  cid: string,
  msg: string,
  fields: DirectCommand = {},
): Promise<GenericCommand> {
  return client.request({ cmd: CommandType.direct, directMessage: { cid, msg, ...fields } });
}

export async function history(client: TestClient, cid: string): Promise<readonly string[]> {
  const reply = await client.request({ cmd: CommandType.logs, logsMessage: { cid, limit: 1000 } });
  return (reply.logsMessage?.logs ?? []).map((item) => item.data ?? '');
}

export async function query(
  client: TestClient,
  fields: ConvCommand,
): Promise<readonly Record<string, unknown>[]> {
  const reply = await conv(client, OpType.query, fields);
  return JSON.parse(reply.convMessage?.results?.data ?? 'null');
}

export function where(condition: object): ConvCommand {
  return { where: { data: JSON.stringify(condition) } };
}
