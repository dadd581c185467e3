// The short activities around an incident's row: read, hand over, step, answer, who was told, close.
import { addNote } from '../../adapters/postgres/alerts/incident-notes.ts';
import { closeIncident, markHandedOver } from '../../adapters/postgres/alerts/incidents.ts';
import {
  type LadderPosition,
  readLadder,
  resolveByHand,
  type StoredLadder,
  withdrawWakes,
  writeLadder,
} from '../../adapters/postgres/alerts/ladders.ts';
import { readTold, readUnsent, type Unsent } from '../../adapters/postgres/alerts/told-targets.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import type { Note } from '../../domain/alerts/escalation.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';
import type { Dependencies } from '../dependencies.ts';

type Home = Pick<Dependencies, 'databases'>;

interface Numbered {
  readonly number: number;
}

export const createMarkHandedOver =
  ({ databases }: Home) =>
  ({ number, seq }: Numbered & { readonly seq: number }): Promise<void> =>
    markHandedOver(databases.home, number, seq);

/** Where a ladder stands that an earlier execution of its escalation had begun. */
export const createLoadLadder =
  ({ databases }: Home) =>
  async ({ number }: Numbered): Promise<StoredLadder | null> =>
    (await readLadder(databases.home, number)) ?? null;

/** Writes where the ladder stands after a step that no answer asked for. */
export const createRecordStep =
  ({ databases }: Home) =>
  ({ number, ...position }: Numbered & LadderPosition): Promise<void> =>
    writeLadder(databases.home, number, position);

export interface AnswerInput extends Numbered, LadderPosition {
  /** Acknowledged, snoozed or resolved: nothing that is not claimed yet may be sent. */
  readonly withdraw: boolean;
  readonly resolvedBy?: string;
  /** What the person said with it. */
  readonly note?: Note;
}

export interface AnswerResult {
  /** Channels whose message was claimed before this answer and may still arrive. */
  readonly onTheirWay: readonly string[];
}

/** Puts an answer in force: from its commit on, no claim of an earlier wake succeeds. */
export const createRecordAnswer =
  ({ databases }: Home) =>
  ({ number, withdraw, resolvedBy, note, ladder, ...rest }: AnswerInput): Promise<AnswerResult> =>
    inTransaction(databases.home, async (tx) => {
      const onTheirWay = withdraw ? await withdrawWakes(tx, number, ladder.lastWake) : [];
      await writeLadder(tx, number, { ladder, ...rest }, true);
      if (resolvedBy !== undefined) await resolveByHand(tx, number, resolvedBy);
      if (note) await addNote(tx, number, note);
      return { onTheirWay };
    });

/** Messages that an execution which is gone had begun: whoever goes on makes sure of them. */
export const createLoadUnsent =
  ({ databases }: Home) =>
  ({ number }: Numbered): Promise<readonly Unsent[]> =>
    readUnsent(databases.home, number);

export interface WhoWasToldInput {
  /** Missing where there are no rows. */
  readonly number?: number;
  readonly status: 'acknowledged' | 'resolved';
  /** Told without rows, as the workflow knows. */
  readonly besides: readonly Target[];
}

/** Whom a notice goes to: those who were told that it fires, in a channel that tells such a thing. */
export const createWhoWasTold =
  ({ databases, channels }: Home & Pick<Dependencies, 'channels'>) =>
  async ({ number, status, besides }: WhoWasToldInput): Promise<readonly Target[]> => {
    const rows = number === undefined ? [] : await readTold(databases.home, number, status);
    const all = new Map([...rows, ...besides].map((target) => [formatTarget(target), target]));
    return [...all.values()].filter((target) => channels.also?.(target).includes(status) ?? false);
  };

export const createCloseIncident =
  ({ databases }: Home) =>
  ({ number, seq }: Numbered & { readonly seq: number }): Promise<boolean> =>
    closeIncident(databases.home, number, seq);
