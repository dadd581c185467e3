// What people are shown of an evaluation: the samples of its tick, and how its alerts stand at the door.
import type { MonitorSnapshot } from '../../../domain/monitors/monitor.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

export interface ShownSample {
  readonly measure: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'ok' | 'noData' | 'error';
  readonly value: number | null;
}

export interface ShownAlert {
  readonly rule: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly since: string | null;
  readonly summary: string | null;
}

/** Enough for a person; who needs more asks Postgres. */
const MOST_SHOWN = 1000;

export const readSamplesAt = async (
  home: Queryable,
  { pack, name }: Pick<MonitorSnapshot, 'pack' | 'name'>,
  tick: string,
): Promise<readonly ShownSample[]> => {
  const { rows } = await home.query(
    `SELECT s.measure, s.labels, a.state, a.value FROM sexton.series s
     JOIN sexton.sample a ON a.series = s.id AND a.at = $3
     WHERE s.pack = $1 AND s.monitor = $2 AND a.state <> 'counter' ORDER BY s.measure, s.key LIMIT ${MOST_SHOWN}`,
    [pack, name, tick],
  );
  return rows;
};

/** Of the monitor's rules, whatever is not fine. */
export const readActiveAlerts = async (
  home: Queryable,
  { pack, rules }: Pick<MonitorSnapshot, 'pack' | 'rules'>,
): Promise<readonly ShownAlert[]> => {
  const { rows } = await home.query(
    `SELECT rule, labels, state, ${isoSql('since', 'seconds')} AS since, firing ->> 'summary' AS summary
     FROM sexton.alert_state WHERE pack = $1 AND rule = ANY($2) AND state <> 'inactive'
     ORDER BY rule, fingerprint LIMIT ${MOST_SHOWN}`,
    [pack, rules.map(({ rule }) => rule.name)],
  );
  return rows;
};
