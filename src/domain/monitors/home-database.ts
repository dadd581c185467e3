// Sexton's own alert for when its database does not answer: nothing can be judged then, and that must not be quiet.
import type { Firing, Report, RuleSnapshot } from '../alerts/alert.ts';
import type { PolicySnapshot } from '../alerts/policy.ts';
import { SEVERITIES } from '../alerts/severity.ts';
import { formatDuration } from '../duration.ts';
import type { MonitorSnapshot } from './monitor.ts';

const PACK = 'sexton';
const NAME = 'home-database';

/** Who is told of the worst that the monitor can find: its owners, whatever they are told of otherwise. */
const policyOf = ({ rules }: Pick<MonitorSnapshot, 'rules'>): PolicySnapshot | undefined =>
  SEVERITIES.toReversed()
    .flatMap((severity) => rules.map(({ rule }) => rule.routes[severity]))
    .find((policy) => policy !== undefined);

const homeDatabaseRule = (monitor: Pick<MonitorSnapshot, 'rules'>): RuleSnapshot => {
  const policy = policyOf(monitor);
  return {
    pack: PACK,
    name: NAME,
    routes: policy ? { critical: policy } : {},
    reopenWithinSeconds: 300,
    reopenAfterSeconds: 1800,
  };
};

const firing = ({ pack, name, owner }: MonitorSnapshot, seconds: number): Firing => {
  const summary = `Sexton's database has not answered for ${formatDuration(seconds)}: no monitor is evaluated`;
  const action = 'Bring the home database back; incidents that it would have opened are opened then';
  return {
    severity: 'critical',
    severityWord: 'critical',
    alertType: 'home_database_unreachable',
    summary,
    action,
    facts: [
      ['first noticed by', `${pack}/monitor/${name}`],
      ['owner', owner],
      ['do first', action],
    ],
    payload: { alert_type: 'home_database_unreachable', message: summary, recommended_action: action },
  };
};

/** Told where it does not answer; also what its ladder brings to the door once it does. */
export const homeDatabaseAway = (
  monitor: MonitorSnapshot,
  { tick, seconds }: { readonly tick: string; readonly seconds: number },
): Report & { readonly firing: Firing } => ({
  rule: homeDatabaseRule(monitor),
  labels: {},
  subject: `tick/${tick}`,
  subjectAt: tick,
  firing: firing(monitor, seconds),
});

/** Told by whoever finds it answering while the alert stands. */
export const homeDatabaseBack = (monitor: MonitorSnapshot, now: string): Report => ({
  rule: homeDatabaseRule(monitor),
  labels: {},
  subject: `tick/${now}`,
  subjectAt: now,
});

export const HOME_DATABASE_RULE = { pack: PACK, rule: NAME } as const;
