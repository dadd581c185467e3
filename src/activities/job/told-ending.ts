// How a run ended, as its one audit row tells. Whoever tells an ending goes by this row afterwards, its own or one
// that was there before: two databases, a result and a report must not tell two endings.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { type EndingRow, readEnding } from '../../adapters/postgres/runs/audit-log.ts';
import { TERMINAL_ACTION_OF } from '../../domain/jobs/audit.ts';
import { END_STATES, type Ending, type EndState } from '../../domain/jobs/run.ts';
import { readTimes } from './times-metadata.ts';

export interface ToldEnding extends Ending {
  readonly durationSeconds: number | undefined;
  readonly remaining: number | undefined;
  readonly times: ReturnType<typeof readTimes>;
}

const stateOf = ({ action, metadata }: EndingRow): EndState => {
  const named = END_STATES.find((state) => state === metadata['state']);
  return named ?? END_STATES.find((state) => TERMINAL_ACTION_OF[state] === action) ?? 'completed';
};

/** Undefined where nobody has told it yet. */
export const readToldEnding = async (target: Queryable, runId: string): Promise<ToldEnding | undefined> => {
  const row = await readEnding(target, runId);
  if (!row) return undefined;
  const { reason, error_code: code, error_message: message, duration_seconds, remaining } = row.metadata;
  return {
    state: stateOf(row),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof code === 'string' && { error: { code, message: typeof message === 'string' ? message : '' } }),
    durationSeconds: typeof duration_seconds === 'number' ? duration_seconds : undefined,
    remaining: typeof remaining === 'number' ? remaining : undefined,
    times: readTimes(row.metadata),
  };
};
