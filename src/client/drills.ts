// Alerts that can be exercised, and what is known of their drills.

import { isoSql } from '../adapters/postgres/iso.ts';
import type { Queryable } from '../adapters/postgres/pool.ts';
import { type Catalog, catalogRules } from '../catalog/catalog.ts';
import type { RuleSnapshot } from '../domain/alerts/alert.ts';
import { DRILL_RULE, type Drillable, type DrillBand } from '../domain/alerts/drill.ts';
import { conditionText } from '../domain/monitors/condition-words.ts';
import { filledFields } from '../domain/monitors/fields.ts';
import type { MonitorRule, RuleBand } from '../domain/monitors/monitor.ts';

/** Every rule that may tell somebody: those of monitors, and what runs say of themselves. */
export const drillables = ({ monitors, jobs }: Pick<Catalog, 'monitors' | 'jobs'>): readonly Drillable[] => {
  const watched = catalogRules({ monitors }).map(({ rule }): Drillable => {
    const { pack, name, routes } = rule.rule;
    return { pack, name, routes, bands: rule.bands.map((band) => ofMonitor(rule, band)) };
  });
  const told = jobs.flatMap(({ snapshot: { alerts } }): readonly Drillable[] => {
    const { budget, failure } = alerts ?? {};
    return [
      ...(budget ? [{ ...ofRule(budget.rule), bands: budget.bands.map(ofJob) }] : []),
      ...(failure ? [{ ...ofRule(failure.rule), bands: [ofJob(failure.band)] }] : []),
    ];
  });
  // A rule of a monitor and of jobs is one rule.
  const all = new Map([...told, ...watched].map((each) => [`${each.pack}/${each.name}`, each]));
  return [...all.values()].toSorted((a, b) => `${a.pack}/${a.name}`.localeCompare(`${b.pack}/${b.name}`));
};

const ofMonitor = ({ rule, payload = {} }: MonitorRule, band: RuleBand): DrillBand => {
  const { severity, severityWord, alertType, action, runbook, responseSeconds, when } = band;
  const known: Readonly<Record<string, unknown>> = {
    rule: rule.name,
    condition: conditionText(when),
    response_minutes: responseSeconds === undefined ? null : responseSeconds / 60,
  };
  return {
    severity,
    severityWord,
    alertType,
    action,
    ...(runbook !== undefined && { runbook }),
    payload: filledFields(payload, (field) => known[field]),
  };
};

type JobBand = NonNullable<NonNullable<Catalog['jobs'][number]['snapshot']['alerts']>['failure']>['band'];

const ofJob = ({ severity, severityWord, alertType, recommendedAction, runbook }: JobBand): DrillBand => ({
  severity,
  severityWord,
  alertType,
  action: recommendedAction,
  ...(runbook !== undefined && { runbook }),
  payload: {},
});

const ofRule = ({ pack, name, routes }: RuleSnapshot) => ({ pack, name, routes });

/** The newest drill of an alert that reached its sandbox. */
export interface Drilled {
  readonly pack: string;
  readonly alert: string;
  /** ISO-8601. */
  readonly at: string;
  readonly incident: number;
  /** Messages that were taken. */
  readonly sent: number;
}

/** A drill whose messages nobody took has tested nothing, so it is not among them. */
export const readDrilled = async (home: Queryable): Promise<readonly Drilled[]> => {
  const { rows } = await home.query(
    `SELECT DISTINCT ON (pack, labels ->> 'alert') pack, labels ->> 'alert' AS alert, number::int AS incident, sent.n AS sent,
       ${isoSql('first_fired_at', 'seconds')} AS at
     FROM sexton.incident CROSS JOIN LATERAL (
       SELECT count(*)::int AS n FROM sexton.outbox o WHERE o.incident = number AND o.state = 'sent') sent
     WHERE rule = $1 AND sent.n > 0 ORDER BY pack, labels ->> 'alert', number DESC`,
    [DRILL_RULE],
  );
  return rows;
};
