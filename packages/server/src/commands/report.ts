import { CommandType, OpType } from '@parley/protocol';
import type { CommandRow } from './command.ts';

/** A device reports its push token (`wire-protocol §4.1.10`). Swift asserts the answer. */
export const report: CommandRow = {
  cmd: CommandType.report,
  op: OpType.upload,
  rate: 'operation',
  handle: async () => ({ cmd: CommandType.report, op: OpType.uploaded }),
};
