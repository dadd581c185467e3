// Sexton's own alert for when its database does not answer: nothing can be judged then, and that must not be quiet.
import type { Firing, Report, RuleSnapshot } from '../alerts/alert.ts';
import type { PolicySnapshot } from '../alerts/policy.ts';
import { SEVERITIES } from '../alerts/severity.ts';
import { formatDuration } from '../duration.ts';
import { monitorId } from '../ids.ts';
import type { MonitorSnapshot } from './monitor.ts';

const PACK = 'sexton';
const NAME = 'home-database';

/** Whoever finds the database away, or back. */
export interface Noticer {
  /** Its id. */
  readonly id: string;
  readonly owner: string;
  readonly rules: readonly { readonly rule: Pick<RuleSnapshot, 'routes'> }[];
}

export const monitorNoticer = ({ pack, name, owner, rules }: MonitorSnapshot): Noticer => ({
  id: monitorId(pack, name),
  owner,
  rules,
});

/** Who is told of the worst that it can find: its owners, whatever they are told of otherwise. */
const policyOf = ({ rules }: Pick<Noticer, 'rules'>): PolicySnapshot | undefined =>
  SEVERITIES.toReversed()
    .flatMap((severity) => rules.map(({ rule }) => rule.routes[severity]))
    .find((policy) => policy !== undefined);

const homeDatabaseRule = (noticer: Pick<Noticer, 'rules'>): RuleSnapshot => {
  const policy = policyOf(noticer);
  return {
    pack: PACK,
    name: NAME,
    routes: policy ? { critical: policy } : {},
    reopenWithinSeconds: 300,
    reopenAfterSeconds: 1800,
  };
};

const firing = ({ id, owner }: Noticer, seconds: number): Firing => {
  const summary = `Sexton's database has not answered for ${formatDuration(seconds)}: no monitor is evaluated`;
  const action = 'Bring the home database back; incidents that it would have opened are opened then';
  return {
    severity: 'critical',
    severityWord: 'critical',
    alertType: 'home_database_unreachable',
    summary,
    action,
    facts: [
      ['first noticed by', id],
      ['owner', owner],
      ['do first', action],
    ],
    payload: { alert_type: 'home_database_unreachable', message: summary, recommended_action: action },
  };
};

/** Told where it does not answer; also what its ladder brings to the door once it does. */
export const homeDatabaseAway = (
  noticer: Noticer,
  { tick, seconds }: { readonly tick: string; readonly seconds: number },
): Report & { readonly firing: Firing } => ({
  rule: homeDatabaseRule(noticer),
  labels: {},
  subject: `tick/${tick}`,
  subjectAt: tick,
  firing: firing(noticer, seconds),
});

/** Told by whoever finds it answering while the alert stands. */
export const homeDatabaseBack = (noticer: Noticer, now: string): Report => ({
  rule: homeDatabaseRule(noticer),
  labels: {},
  subject: `tick/${now}`,
  subjectAt: now,
});

export const HOME_DATABASE_RULE = { pack: PACK, rule: NAME } as const;
