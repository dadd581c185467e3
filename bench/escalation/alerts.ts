// The alerts that are opened: reports as a monitor makes them, of rules with two tiers.
import type { Report, RuleSnapshot } from '../../src/domain/alerts/alert.ts';
import { FIRST_TIER, PACK, ROLE, SECOND_TIER } from './terms.ts';

export interface RuleInput {
  readonly name: string;
  /** When the second tier is told, from the incident's first firing. */
  readonly secondAfterSeconds: number;
  readonly groupBy?: readonly string[];
}

/** Tells the role at once and again at its second tier. */
export const drillRule = ({ name, secondAfterSeconds, groupBy }: RuleInput): RuleSnapshot => ({
  pack: PACK,
  name,
  routes: {
    critical: {
      v: 1,
      pack: PACK,
      name: 'two-tiers',
      tiers: [
        { name: FIRST_TIER, afterSeconds: 0, notify: [ROLE] },
        { name: SECOND_TIER, afterSeconds: secondAfterSeconds, notify: [ROLE] },
      ],
      people: { [ROLE]: ['webhook'] },
    },
  },
  reopenWithinSeconds: 300,
  reopenAfterSeconds: 1800,
  ...(groupBy && { groupBy }),
});

/** One report of one series; `tick` is when it was looked at, ISO-8601. */
export const firingReport = (
  rule: RuleSnapshot,
  labels: Readonly<Record<string, string>>,
  tick: string,
): Report => {
  const names = Object.entries(labels).map(([name, value]) => `${name} ${value}`);
  return {
    rule,
    labels,
    subject: `tick/${tick}`,
    subjectAt: tick,
    firing: {
      severity: 'critical',
      severityWord: 'critical',
      alertType: 'queue_stalled',
      summary: `Nothing has left the queue of ${names.join(', ')} for 10 minutes`,
      facts: [
        ['limit', '10 minutes'],
        ['waiting', '1,204 messages'],
      ],
      runbook: 'https://runbooks.example/queue-stalled',
      payload: { ...labels, minutes: 12, waiting: 1204 },
    },
  };
};
