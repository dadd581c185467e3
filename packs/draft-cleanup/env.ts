// The variables of DRAFT-76. DATABASE_URL is read for the pack's database and REDIS_URL by the engine.
import {
  type EnvOf,
  type EnvRule,
  historyEnv,
  requiredExactlyWith,
  requiredWhen,
  variable,
} from '../../src/index.ts';

const { email, instant, number, profile, text, token, url } = variable;

const percent = { atLeast: 0, atMost: 100 };
const count = { atLeast: 0, whole: true };
const someCount = { atLeast: 1, whole: true };

const channelName = () => text(/^#?[a-z0-9][a-z0-9._-]{0,79}$/, 'must be the name of a Slack channel');

/** Production's contact points (DRAFT-04). */
export const CONTACTS = {
  DRAFT_TEAM_EMAIL: 'backend-team@example.com',
  DRAFT_SLACK_CHANNEL: '#backend',
  DRAFT_ONCALL_CHANNEL: '#oncall',
} as const;

export const env = {
  SEXTON_PROFILE: profile(),

  DRAFT_RETENTION_HOURS: number({ atLeast: 1 }).default(24),
  DRAFT_CLEANUP_BATCH: number({ atLeast: 1, atMost: 10_000, whole: true }).default(500),
  DRAFT_POLLUTION_HIGH_PERCENT: number(percent).default(30),
  DRAFT_POLLUTION_CRITICAL_PERCENT: number(percent).default(50),
  DRAFT_UNUSED_CRITICAL_COUNT: number(someCount).default(100),
  DRAFT_POLLUTION_FOR_MINUTES: number(count).default(15),
  DRAFT_STALLED_HOURS: number({ above: 0 }).default(2),
  DRAFT_OLD_COUNT: number(count).default(5),
  DRAFT_SPIKE_PER_HOUR: number(someCount).default(100),
  DRAFT_FAILURE_STREAK: number(someCount).default(3),
  /** Below so many drafts percentages are not judged (DRAFT-122). */
  DRAFT_MIN_TOTAL_FOR_RATE: number(count).default(0),
  /** From when on drafts are kept in Redis until they are used. */
  DRAFT_REDIS_CUTOVER_AT: instant().default('2025-11-08T00:00:00Z'),

  SLACK_WEBHOOK_URL: url().optional(),
  /** With it channels are told by their names; without it a webhook tells the one that it is bound to. */
  SLACK_BOT_TOKEN: token().optional(),
  /** Events v2 integration key; PAGERDUTY_ROUTING_KEY is another name of it. */
  PAGERDUTY_API_KEY: token().optional(),
  PAGERDUTY_ROUTING_KEY: token().optional(),
  PAGERDUTY_SERVICE_ID: token().optional(),
  DRAFT_TEAM_EMAIL: email().default(CONTACTS.DRAFT_TEAM_EMAIL),
  DRAFT_SLACK_CHANNEL: channelName().default(CONTACTS.DRAFT_SLACK_CHANNEL),
  DRAFT_ONCALL_CHANNEL: channelName().default(CONTACTS.DRAFT_ONCALL_CHANNEL),

  ...historyEnv,
};

/** The pack's environment, checked. */
export type DraftEnv = EnvOf<typeof env>;

/** In the words of DRAFT-77. */
const highBelowCritical: EnvRule = {
  needs: ['DRAFT_POLLUTION_HIGH_PERCENT', 'DRAFT_POLLUTION_CRITICAL_PERCENT'],
  broken: (values) => {
    const [high, critical] = [
      values['DRAFT_POLLUTION_HIGH_PERCENT'],
      values['DRAFT_POLLUTION_CRITICAL_PERCENT'],
    ];
    if (Number(high) < Number(critical)) return undefined;
    const rule = `must be below DRAFT_POLLUTION_CRITICAL_PERCENT (${String(high)} >= ${String(critical)})`;
    return { variable: 'DRAFT_POLLUTION_HIGH_PERCENT', rule };
  },
};

const inProduction = (values: Readonly<Record<string, unknown>>): boolean =>
  values['SEXTON_PROFILE'] === 'production';

export const envRules: readonly EnvRule[] = [
  highBelowCritical,
  requiredExactlyWith('PAGERDUTY_SERVICE_ID', 'PAGERDUTY_API_KEY'),
  requiredWhen({ variable: 'SLACK_WEBHOOK_URL', words: 'in production', when: inProduction }),
  requiredWhen({
    variable: 'PAGERDUTY_API_KEY',
    words: 'in production',
    needs: ['PAGERDUTY_ROUTING_KEY'],
    when: (values) => inProduction(values) && values['PAGERDUTY_ROUTING_KEY'] === undefined,
  }),
];
