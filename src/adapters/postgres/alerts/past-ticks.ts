// Stored values of a rule's measures, as they were at each tick, for judging them again.
import type { Sample } from '../../../domain/monitors/measure.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

export interface PastSample extends Sample {
  readonly state: 'ok' | 'noData' | 'error';
}

/** More is more than a terminal is there for. */
export const MOST_PAST_SAMPLES = 200_000;

interface PastInput {
  readonly pack: string;
  readonly monitor: string;
  readonly measures: readonly string[];
  /** How far back from now. */
  readonly seconds: number;
}

/** Oldest first; one more than the most where there are more. */
export const readPastSamples = async (
  home: Queryable,
  { pack, monitor, measures, seconds }: PastInput,
): Promise<{ readonly now: string; readonly samples: readonly PastSample[] }> => {
  const clock = await home.query(`SELECT ${isoSql('sexton.now()', 'milliseconds')} AS now`);
  const { now } = clock.rows[0];
  const { rows } = await home.query(
    `SELECT s.measure, s.labels, p.state, p.value, ${isoSql('p.at', 'milliseconds')} AS at
     FROM sexton.series s JOIN sexton.sample p ON p.series = s.id
     WHERE s.pack = $1 AND s.monitor = $2 AND s.measure = ANY($3) AND p.state <> 'counter'
       AND p.at > $5::timestamptz - make_interval(secs => $4) AND p.at <= $5::timestamptz
     ORDER BY p.at, s.id LIMIT ${MOST_PAST_SAMPLES + 1}`,
    [pack, monitor, measures, seconds, now],
  );
  return { now, samples: rows };
};
