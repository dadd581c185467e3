// Drills: an alert's whole escalation in little time, to a sandbox instead of people, marked as such in every message.
import type { Report, RuleSnapshot } from './alert.ts';
import type { PolicySnapshot } from './policy.ts';
import type { Severity } from './severity.ts';

/** The rule under which every drill of a pack is told: the alert's own is not touched. */
export const DRILL_RULE = 'drill';

/** A band of an alert, as it is told. */
export interface DrillBand {
  readonly severity: Severity;
  readonly severityWord: string;
  readonly alertType: string;
  readonly action: string;
  readonly runbook?: string;
  /** Fields of its payload, as far as they need no value. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** An alert that can be exercised. */
export interface Drillable {
  readonly pack: string;
  /** The rule's name. */
  readonly name: string;
  /** Ascending in severity. */
  readonly bands: readonly DrillBand[];
  readonly routes: RuleSnapshot['routes'];
}

export interface DrillRequest {
  /** Tells drills of one alert apart. */
  readonly id: string;
  readonly band: DrillBand;
  /** So many times faster than in earnest. */
  readonly factor: number;
  /** A target: told in everybody's place. */
  readonly to: string;
  readonly by: string;
  /** ISO-8601. */
  readonly at: string;
}

const faster = (seconds: number, factor: number): number => Math.round((seconds / factor) * 1000) / 1000;

/** The same steps, sooner, and to the sandbox alone. Nobody's quiet hours are asked, as nobody is woken. */
const drillPolicy = (
  { v, pack, name, tiers, ackExpiresSeconds, ackExpiresTo, resolvedNotice }: PolicySnapshot,
  { factor, to }: Pick<DrillRequest, 'factor' | 'to'>,
): PolicySnapshot => {
  const [first, ...others] = tiers.map(({ afterSeconds, notify, repeat, ...tier }) => ({
    ...tier,
    afterSeconds: faster(afterSeconds, factor),
    notify: notify.length > 0 ? [to] : [],
    ...(repeat && { repeat: { ...repeat, everySeconds: faster(repeat.everySeconds, factor) } }),
  }));
  if (!first) throw new Error(`policy ${pack}/${name} has no tier`);
  return {
    v,
    pack,
    name,
    tiers: [first, ...others],
    people: {},
    ...(ackExpiresSeconds !== undefined && { ackExpiresSeconds: faster(ackExpiresSeconds, factor) }),
    ...(ackExpiresTo !== undefined && { ackExpiresTo }),
    ...(resolvedNotice !== undefined && { resolvedNotice }),
  };
};

/** A resolved drill is over soon, and nothing opens it again. */
const REOPEN_WITHIN_SECONDS = 1;
const NEVER_SECONDS = 365 * 86_400;

/** What the door is told; undefined where the band's severity has no policy, so that nobody would ever hear of it. */
export const drillReport = (
  { pack, name, routes }: Drillable,
  { id, band, by, at, factor, to }: DrillRequest,
): Report | undefined => {
  const policy = routes[band.severity];
  if (!policy) return undefined;
  const { severity, severityWord, alertType, action, runbook, payload } = band;
  return {
    rule: {
      pack,
      name: DRILL_RULE,
      routes: { [severity]: drillPolicy(policy, { factor, to }) },
      reopenWithinSeconds: REOPEN_WITHIN_SECONDS,
      reopenAfterSeconds: NEVER_SECONDS,
    },
    labels: { alert: name, drill: id },
    subject: `drill/${id}`,
    subjectAt: at,
    firing: {
      severity,
      severityWord: `${severityWord} DRILL`,
      alertType,
      summary: `This is a drill of ${name}, nothing is wrong: started by ${by}`,
      facts: [
        ['alert', name],
        ['drill', `by ${by}, ${factor} times faster than in earnest`],
        ['do first', action],
      ],
      action,
      ...(runbook !== undefined && { runbook }),
      payload: {
        alert_type: alertType,
        rule: name,
        ...payload,
        fired_at: at,
        recommended_action: action,
        ...(runbook !== undefined && { runbook }),
        severity: severityWord,
        drill: true,
      },
    },
  };
};
