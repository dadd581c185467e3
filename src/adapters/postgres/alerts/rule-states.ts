// How the series of each rule stand: the states that the door has them in, counted.
import type { Queryable } from '../pool.ts';

export interface RuleStates {
  readonly pack: string;
  readonly rule: string;
  /** Series by state. */
  readonly states: Readonly<Record<string, number>>;
}

export const readRuleStates = async (home: Queryable): Promise<readonly RuleStates[]> => {
  const { rows } = await home.query(
    `SELECT pack, rule, jsonb_object_agg(state, series) AS states
     FROM (SELECT pack, rule, state, count(*)::int AS series FROM sexton.alert_state GROUP BY pack, rule, state) counted
     GROUP BY pack, rule`,
  );
  return rows;
};
