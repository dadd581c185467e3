// How many alerts fire within incidents that are open, by rule and severity. Canaries, which nobody is told of, are none.
import { isCanary } from '../alerts/self-sql.ts';
import type { Queryable } from '../pool.ts';

export interface OpenAlerts {
  readonly pack: string;
  readonly rule: string;
  /** The engine's word. */
  readonly severity: string;
  readonly alerts: number;
}

export const countOpenAlerts = async (home: Queryable): Promise<readonly OpenAlerts[]> => {
  const { rows } = await home.query(
    `SELECT i.pack, i.rule, m.severity, count(*)::int AS alerts
     FROM sexton.incident i JOIN sexton.incident_member m ON m.incident = i.number AND m.until IS NULL
     WHERE i.state = 'open' AND NOT ${isCanary('i')} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  return rows;
};
