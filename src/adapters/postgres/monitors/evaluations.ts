// The newest tick of each monitor: whether one that comes late is still worth anything, and how late monitors are.
import { monitorId } from '../../../domain/ids.ts';
import { HOME_DATABASE_RULE } from '../../../domain/monitors/home-database.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

interface MonitorName {
  readonly pack: string;
  readonly monitor: string;
}

export interface Standing {
  /** Home's clock. */
  readonly now: string;
  /** The newest tick that was evaluated; null where none was. */
  readonly tick: string | null;
  /** Sexton's own alert that this database does not answer stands, which it need not any more. */
  readonly wasAway: boolean;
}

export const readStanding = async (home: Queryable, { pack, monitor }: MonitorName): Promise<Standing> => {
  const { rows } = await home.query(
    `SELECT ${isoSql('sexton.now()', 'microseconds')} AS now, (SELECT ${isoSql('tick', 'milliseconds')}
       FROM sexton.evaluation WHERE pack = $1 AND monitor = $2) AS tick,
       EXISTS (SELECT 1 FROM sexton.alert_state WHERE pack = $3 AND rule = $4 AND state <> 'inactive') AS "wasAway"`,
    [pack, monitor, HOME_DATABASE_RULE.pack, HOME_DATABASE_RULE.rule],
  );
  return rows[0];
};

export interface Evaluated {
  readonly series: number;
  readonly failed: number;
  readonly firing: number;
}

export const writeEvaluation = async (
  tx: Queryable,
  { pack, monitor }: MonitorName,
  tick: string,
  { series, failed, firing }: Evaluated,
): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.evaluation AS e (pack, monitor, tick, series, failed, firing) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (pack, monitor) DO UPDATE SET tick = excluded.tick, evaluated_at = excluded.evaluated_at,
       series = excluded.series, failed = excluded.failed, firing = excluded.firing WHERE e.tick <= excluded.tick`,
    [pack, monitor, tick, series, failed, firing],
  );
};

/** Seconds since the newest evaluated tick of each monitor of a pack that was ever evaluated, by name. */
export const readTickAges = async (
  home: Queryable,
  pack: string,
): Promise<ReadonlyMap<string, { readonly seconds: number; readonly tick: string }>> => {
  const { rows } = await home.query(
    `SELECT monitor, ${isoSql('tick', 'milliseconds')} AS tick,
       extract(epoch FROM sexton.now() - tick)::float8 AS seconds FROM sexton.evaluation WHERE pack = $1`,
    [pack],
  );
  return new Map(rows.map(({ monitor, ...age }) => [monitor, age]));
};

/** Seconds since the newest evaluated tick of every monitor that was ever evaluated, by its id. */
export const readAllTickAges = async (
  home: Queryable,
): Promise<ReadonlyMap<string, { readonly seconds: number; readonly tick: string }>> => {
  const { rows } = await home.query(
    `SELECT pack, monitor, ${isoSql('tick', 'milliseconds')} AS tick,
       extract(epoch FROM sexton.now() - tick)::float8 AS seconds FROM sexton.evaluation`,
  );
  return new Map(rows.map(({ pack, monitor, ...age }) => [monitorId(pack, monitor), age]));
};
