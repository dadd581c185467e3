// The variables of SLA-82. DATABASE_URL is read for the pack's database and REDIS_URL by the engine.
import {
  below,
  type EnvOf,
  historyEnv,
  requiredExactlyWith,
  requiredWhen,
  variable,
} from '../../src/index.ts';

const { email, number, profile, token, url } = variable;

const positive = { above: 0 };
const ratio = { above: 0, below: 1 };
const count = { atLeast: 1, whole: true };

export const env = {
  SEXTON_PROFILE: profile(),

  SLA_WARNING_THRESHOLD_PERCENT: number(positive).default(80),
  SLA_CRITICAL_THRESHOLD_PERCENT: number(positive).default(100),
  SLA_SUCCESS_RATE_THRESHOLD: number({ above: 0, atMost: 1 }).default(0.95),
  SLA_THROUGHPUT_DROP_RATIO: number(ratio).default(0.5),
  SLA_CONSECUTIVE_FAILURES: number(count).default(3),
  /** Below so many ended runs in 24 h their success rate is not judged (SLA-114). */
  SLA_MIN_ATTEMPTS: number(count).default(1),
  SLA_SUSTAINED_RUNS: number(count).default(3),
  SLA_STUCK_MINUTES: number(positive).default(10),
  SLA_LOCK_MAX_SECONDS: number(positive).default(7200),
  MONITORING_INTERVAL_MINUTES: number({ atLeast: 1, atMost: 1440, whole: true }).default(15),

  MRQ_DEPTH_WARNING: number({ atLeast: 0, whole: true }).default(100),
  MRQ_DEPTH_CRITICAL: number({ atLeast: 0, whole: true }).default(500),
  MRQ_AGE_WARNING_HOURS: number(positive).default(48),
  MRQ_AGE_ESCALATION_HOURS: number(positive).default(168),
  MRQ_ITEM_SLA_HOURS: number(positive).default(24),
  MRQ_RESOLUTION_DROP_RATIO: number(ratio).default(0.5),
  MRQ_RESOLUTION_UI_URL: url().optional(),

  ...historyEnv,

  BLOB_READ_WRITE_TOKEN: token().optional(),
  SENTRY_DSN: url().optional(),
  /** Where neither is set, critical alerts go elsewhere (SLA-74); the second is the specification's name of the first. */
  PAGERDUTY_ROUTING_KEY: token().optional(),
  PAGERDUTY_API_KEY: token().optional(),
  PAGERDUTY_SERVICE_ID: token().optional(),
  SLACK_WEBHOOK_URL: url().optional(),
  TEAM_LEAD_EMAIL: email().optional(),
  ENGINEERING_LEAD_EMAIL: email().optional(),
  RUNBOOK_BASE_URL: url().optional(),
};

/** The pack's environment, checked. */
export type SlaEnv = EnvOf<typeof env>;

const outsideDevelopment = (values: Readonly<Record<string, unknown>>): boolean =>
  values['SEXTON_PROFILE'] !== undefined && values['SEXTON_PROFILE'] !== 'development';

export const envRules = [
  below('SLA_WARNING_THRESHOLD_PERCENT', 'SLA_CRITICAL_THRESHOLD_PERCENT'),
  below('MRQ_DEPTH_WARNING', 'MRQ_DEPTH_CRITICAL'),
  below('MRQ_AGE_WARNING_HOURS', 'MRQ_AGE_ESCALATION_HOURS'),
  requiredExactlyWith('PAGERDUTY_SERVICE_ID', 'PAGERDUTY_API_KEY'),
  requiredWhen({
    variable: 'SENTRY_DSN',
    words: 'in production',
    when: (values) => values['SEXTON_PROFILE'] === 'production',
  }),
  // In development a local stand-in takes the blob store's place.
  requiredWhen({ variable: 'BLOB_READ_WRITE_TOKEN', words: 'outside development', when: outsideDevelopment }),
];
