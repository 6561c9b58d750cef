import type { AppKey, ClientId, ConversationKey, Milliseconds } from '../identifiers.ts';

export interface RoomAbsence {
  /** A name that whoever comes back may have: of its session, or of its device. */
  readonly name: string;
  readonly app: AppKey;
  readonly client: ClientId;
  readonly room: ConversationKey;
  readonly until: Milliseconds;
}

/** Chat rooms that sessions may come back to, kept while no server runs. */
export interface RoomAbsenceRepository {
  keep(absences: readonly RoomAbsence[]): Promise<void>;
  /** Everything that was kept, the first to end first. It is forgotten with that: what comes later is not in it. */
  take(): Promise<readonly RoomAbsence[]>;
}
