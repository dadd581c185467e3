// Which dashboards the gateway serves, and how often people open them.
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

export interface DashboardName {
  readonly pack: string;
  readonly name: string;
}

export interface DashboardUse extends DashboardName {
  readonly isOn: boolean;
  readonly switchedBy: string | null;
  /** ISO-8601. */
  readonly switchedAt: string | null;
  /** Days of the last 30, in UTC, on which somebody opened it, and how often in all. */
  readonly daysOpened: number;
  readonly views: number;
  readonly lastOpenedAt: string | null;
}

/** Of each that was ever switched or opened. */
export const readDashboardUse = async (home: Queryable): Promise<readonly DashboardUse[]> => {
  const { rows } = await home.query(
    `SELECT pack, name, coalesce(d.is_on, false) AS "isOn", d.switched_by AS "switchedBy",
       ${isoSql('d.switched_at', 'seconds')} AS "switchedAt", coalesce(v.days, 0)::int AS "daysOpened",
       coalesce(v.views, 0)::int AS views, ${isoSql('v.last_at', 'seconds')} AS "lastOpenedAt"
     FROM sexton.dashboard d FULL JOIN (
       SELECT pack, name, count(*) AS days, sum(views) AS views, max(last_at) AS last_at FROM sexton.dashboard_view
       WHERE day > (sexton.now() AT TIME ZONE 'UTC')::date - 30 GROUP BY pack, name
     ) v USING (pack, name) ORDER BY pack, name`,
  );
  return rows;
};

export const isDashboardOn = async (home: Queryable, { pack, name }: DashboardName): Promise<boolean> => {
  const { rows } = await home.query(
    'SELECT is_on AS "isOn" FROM sexton.dashboard WHERE pack = $1 AND name = $2',
    [pack, name],
  );
  return rows[0]?.isOn ?? false;
};

/** Whether that changed anything. */
export const switchDashboard = async (
  home: Queryable,
  { pack, name, isOn, by }: DashboardName & { readonly isOn: boolean; readonly by: string },
): Promise<boolean> => {
  const { rowCount } = await home.query(
    `INSERT INTO sexton.dashboard AS d (pack, name, is_on, switched_by) VALUES ($1, $2, $3, $4)
     ON CONFLICT (pack, name) DO UPDATE SET is_on = excluded.is_on, switched_by = excluded.switched_by,
       switched_at = sexton.now() WHERE d.is_on <> excluded.is_on`,
    [pack, name, isOn, by],
  );
  return (rowCount ?? 0) > 0;
};

/** Somebody opened it. */
export const recordView = async (home: Queryable, { pack, name }: DashboardName): Promise<void> => {
  await home.query(
    `INSERT INTO sexton.dashboard_view AS v (pack, name, day) VALUES ($1, $2, (sexton.now() AT TIME ZONE 'UTC')::date)
     ON CONFLICT (pack, name, day) DO UPDATE SET views = v.views + 1, last_at = sexton.now()`,
    [pack, name],
  );
};
