// The row that an escalation keeps of itself in Postgres: written in the background, in any order of arrival, and the
// newest stands. Nobody who waits for an answer waits behind it.
import { workflowInfo } from '@temporalio/workflow';
import type { AnswerInput, AnswerResult } from '../../activities/alerts/incident.ts';
import type { LadderPosition } from '../../adapters/postgres/alerts/ladders.ts';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import { type LadderState, nextDue } from '../../domain/alerts/ladder.ts';
import { recordAnswer, recordAnswerInTheEnd, recordStep } from '../proxies.ts';

/** Part of an answer that the ladder does not tell. */
type Answered = Pick<AnswerInput, 'withdraw' | 'resolvedBy'>;

export interface IncidentRow {
  /** The ladder as it is now, with the place that it has among all that is ever written. */
  readonly position: () => LadderPosition;
  /** Goes on from a row that an earlier execution wrote. */
  readonly from: (revision: number) => void;
  readonly write: () => void;
  /** Undefined where Postgres does not answer somebody who waits; the row then follows when it does. */
  readonly answer: (position: LadderPosition, answered: Answered) => Promise<AnswerResult | undefined>;
  readonly answerInTheEnd: (position: LadderPosition, answered: Answered) => void;
  readonly busy: () => boolean;
}

interface RowInput {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  /** Whether positions name this execution, so that one that is gone cannot write after it. */
  readonly names: boolean;
}

export const createIncidentRow = ({ incident, ladder, names }: RowInput): IncidentRow => {
  let last = 0;
  let from = 0;
  let writing = 0;

  const position = (): LadderPosition => {
    const due = nextDue(incident().policy, ladder());
    // Above everything that this and, by the clock, any earlier execution has written.
    last = Math.max(last + 1, Date.now());
    return {
      ladder: ladder(),
      revision: last,
      ...(names && { run: workflowInfo().firstExecutionRunId, from }),
      ...(due && { nextDueAt: new Date(due.atMs).toISOString() }),
    };
  };
  const background = (work: Promise<unknown>): void => {
    writing += 1;
    void work.finally(() => {
      writing -= 1;
    });
  };
  const answerInTheEnd: IncidentRow['answerInTheEnd'] = (at, answered) =>
    background(recordAnswerInTheEnd({ number: incident().number, ...at, ...answered }));

  return {
    position,
    from: (revision) => {
      last = Math.max(last, revision);
      from = revision;
    },
    write: () => {
      if (incident().number > 0) background(recordStep({ number: incident().number, ...position() }));
    },
    answer: async (at, answered) => {
      const { number } = incident();
      if (number === 0) return undefined;
      try {
        return await recordAnswer({ number, ...at, ...answered });
      } catch {
        answerInTheEnd(at, answered);
        return undefined;
      }
    },
    answerInTheEnd,
    busy: () => writing > 0,
  };
};
