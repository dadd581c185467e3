// What monitors and health checks found at their newest tick: what a scrape shows of them. A value that was null or failed is absent, and so
// is all of a monitor whose ticks have stopped: what is old is not shown as what is so now.
import type { Queryable } from '../pool.ts';

export interface WantedMeasure {
  readonly pack: string;
  /** Name of a monitor or health check. */
  readonly monitor: string;
  readonly measure: string;
  /** A newest tick that is older is none. */
  readonly freshSeconds: number;
}

export interface FoundSample {
  readonly pack: string;
  readonly monitor: string;
  readonly measure: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export const readNewestSamples = async (
  home: Queryable,
  wanted: readonly WantedMeasure[],
): Promise<readonly FoundSample[]> => {
  if (wanted.length === 0) return [];
  const { rows } = await home.query(
    `WITH newest AS (
       SELECT pack, monitor, tick FROM sexton.evaluation
       UNION ALL SELECT pack, name, max(tick) FROM sexton.health_report GROUP BY pack, name
     )
     SELECT s.pack, s.monitor, s.measure, s.labels, sample.value
     FROM jsonb_to_recordset($1) AS w (pack text, monitor text, measure text, "freshSeconds" float8)
     JOIN newest USING (pack, monitor)
     JOIN sexton.series s USING (pack, monitor, measure)
     JOIN sexton.sample sample ON sample.series = s.id AND sample.at = newest.tick AND sample.state = 'ok'
     WHERE newest.tick > sexton.now() - make_interval(secs => w."freshSeconds") ORDER BY s.id`,
    [JSON.stringify(wanted)],
  );
  return rows;
};

export interface SampleAt {
  /** ISO-8601. */
  readonly at: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** More points than a line can show are thinned out evenly by the caller's range, never by chance. */
const MOST_SAMPLES = 20_000;

/** Everything that was measured in the time, the oldest first. */
export const readSamplesWithin = async (
  home: Queryable,
  { pack, monitor, measure }: Omit<WantedMeasure, 'freshSeconds'>,
  withinSeconds: number,
): Promise<readonly SampleAt[]> => {
  const { rows } = await home.query(
    `SELECT to_char(sample.at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, s.labels, sample.value
     FROM sexton.series s JOIN sexton.sample sample ON sample.series = s.id
     WHERE s.pack = $1 AND s.monitor = $2 AND s.measure = $3 AND sample.state = 'ok'
       AND sample.at > sexton.now() - make_interval(secs => $4)
     ORDER BY sample.at DESC, s.id LIMIT ${MOST_SAMPLES}`,
    [pack, monitor, measure, withinSeconds],
  );
  return rows.toReversed();
};

export interface EvaluationAge {
  readonly pack: string;
  readonly monitor: string;
  readonly seconds: number;
}

/** How old each monitor's newest tick is. */
export const readEvaluationAges = async (home: Queryable): Promise<readonly EvaluationAge[]> => {
  const { rows } = await home.query(
    `SELECT pack, monitor, extract(epoch FROM sexton.now() - tick)::float8 AS seconds
     FROM sexton.evaluation ORDER BY pack, monitor`,
  );
  return rows;
};
