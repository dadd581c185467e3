// Rows of what monitors measured: written at once for a whole evaluation, read by series.
import type { HistoryNeed } from '../../../domain/monitors/history-needs.ts';
import type { Sample } from '../../../domain/monitors/measure.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

/** Series of a monitor are told apart by measure and labels. */
interface MonitorName {
  readonly pack: string;
  readonly monitor: string;
}

export interface NewSample {
  readonly measure: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'ok' | 'noData' | 'error' | 'counter';
  readonly value: number | null;
}

/** The same for the same labels, in whatever order they came. */
const seriesKey = (labels: NewSample['labels']): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Written twice for the same tick, the second stands: an evaluation that was tried again. */
export const writeSamples = async (
  tx: Queryable,
  { pack, monitor }: MonitorName,
  tick: string,
  samples: readonly NewSample[],
): Promise<void> => {
  const rows = samples.map((sample) => ({ ...sample, key: seriesKey(sample.labels) }));
  await tx.query(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($3) AS g (measure text, key text, labels jsonb, state text, value float8)
     ), made AS (
       INSERT INTO sexton.series (pack, monitor, measure, key, labels)
       SELECT $1, $2, measure, key, labels FROM given g WHERE NOT EXISTS (SELECT 1 FROM sexton.series s
         WHERE s.pack = $1 AND s.monitor = $2 AND s.measure = g.measure AND s.key = g.key)
       ORDER BY measure, key
       -- Made by somebody else meanwhile: touched, so that its id comes back.
       ON CONFLICT (pack, monitor, measure, key) DO UPDATE SET key = excluded.key
       RETURNING id, measure, key
     ), known AS (
       SELECT * FROM made
       UNION SELECT s.id, s.measure, s.key FROM sexton.series s JOIN given g USING (measure, key)
         WHERE s.pack = $1 AND s.monitor = $2
     )
     INSERT INTO sexton.sample (series, at, state, value)
     SELECT known.id, $4, g.state, g.value FROM given g JOIN known USING (measure, key) ORDER BY known.id
     ON CONFLICT (series, at) DO UPDATE SET state = excluded.state, value = excluded.value`,
    [pack, monitor, JSON.stringify(rows), tick],
  );
};

/** Values and missing values from before a tick, the oldest first; failures left none. */
export const readHistory = async (
  home: Queryable,
  { pack, monitor }: MonitorName,
  tick: string,
  needs: readonly HistoryNeed[],
): Promise<readonly Sample[]> => {
  if (needs.length === 0) return [];
  const { rows } = await home.query(
    `SELECT s.measure, s.labels, kept.value, ${isoSql('kept.at', 'milliseconds')} AS at
     FROM jsonb_to_recordset($4) AS need (measure text, seconds float8)
     JOIN sexton.series s ON s.pack = $1 AND s.monitor = $2 AND s.measure = need.measure
     CROSS JOIN LATERAL (
       SELECT at, value FROM sexton.sample WHERE series = s.id AND at < $3::timestamptz AND state IN ('ok', 'noData')
         AND at >= $3::timestamptz - make_interval(secs => need.seconds)) kept
     ORDER BY s.measure, s.id, kept.at`,
    [pack, monitor, tick, JSON.stringify(needs)],
  );
  return rows;
};

/** The newest tick before this one at which each measure was taken; failures do not count. */
export const readLastTaken = async (
  home: Queryable,
  { pack, monitor }: MonitorName,
  tick: string,
  measures: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  if (measures.length === 0) return new Map();
  const { rows } = await home.query(
    `SELECT s.measure, ${isoSql('max(last.at)', 'milliseconds')} AS at
     FROM sexton.series s CROSS JOIN LATERAL (
       SELECT at FROM sexton.sample WHERE series = s.id AND at < $3 AND state IN ('ok', 'noData')
       ORDER BY at DESC LIMIT 1) last
     WHERE s.pack = $1 AND s.monitor = $2 AND s.measure = ANY($4) GROUP BY s.measure`,
    [pack, monitor, tick, measures],
  );
  return new Map(rows.map(({ measure, at }) => [measure, at]));
};

/** Name of the measure that keeps the counters of another; no declared one has a slash. */
const COUNTERS = '/counters';

/** Counters as they stood at the newest tick before this one, by measure and counter. */
export const readCounters = async (
  home: Queryable,
  { pack, monitor }: MonitorName,
  tick: string,
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> => {
  const { rows } = await home.query(
    `SELECT s.measure, s.labels ->> 'counter' AS counter, last.value
     FROM sexton.series s CROSS JOIN LATERAL (
       SELECT value FROM sexton.sample WHERE series = s.id AND at < $3 ORDER BY at DESC LIMIT 1) last
     WHERE s.pack = $1 AND s.monitor = $2 AND s.labels ? 'counter' AND s.measure LIKE '%/counters'`,
    [pack, monitor, tick],
  );
  const found = new Map<string, Record<string, number>>();
  for (const { measure, counter, value } of rows) {
    const own = measure.slice(0, -COUNTERS.length);
    found.set(own, { ...found.get(own), [counter]: value });
  }
  return found;
};

export const counterSamples = (
  measure: string,
  counters: Readonly<Record<string, number>>,
): readonly NewSample[] =>
  Object.entries(counters).map(([counter, value]) => ({
    measure: `${measure}${COUNTERS}`,
    labels: { counter },
    state: 'counter',
    value,
  }));
