// Whether everything that the cleanup jobs need is there: SLA-44 and SLA-45, with the names that the report has (SLA-124).
import { type CheckDefinition, defineHealthCheck, type HealthCheckDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';

/** The jobs of SLA-14. */
const JOBS = ['cleanup_quiz_responses', 'cleanup_pdfs', 'cleanup_magic_links', 'cleanup_blacklist'] as const;

/** SLA-08's required ones: `idx_` belongs to the index, not to its check. */
const INDEXES = ['idx_quiz_responses_created_at', 'idx_meal_plans_pdf_generated_at'] as const;

/** SLA-07. */
const AUDIT_LOG = {
  id: 'bigint',
  actor: 'text',
  action: 'text',
  resource_type: 'text',
  timestamp: 'timestamptz',
  metadata: 'jsonb',
} as const;

type Checks = Readonly<Record<string, CheckDefinition>>;

const each = <Name extends string>(
  names: readonly Name[],
  key: (name: Name) => string,
  check: (name: Name) => CheckDefinition,
): Checks => Object.fromEntries(names.map((name) => [key(name), check(name)]));

/** Always those of SLA-48; elsewhere than in development what must be set there too. */
const variables = ({ SEXTON_PROFILE: profile }: SlaEnv): readonly string[] => [
  'DATABASE_URL',
  'REDIS_URL',
  ...(profile === undefined || profile === 'development' ? [] : ['BLOB_READ_WRITE_TOKEN']),
  ...(profile === 'production' ? ['SENTRY_DSN'] : []),
];

export const checkCleanupHealth = (env: SlaEnv): HealthCheckDefinition =>
  defineHealthCheck({
    name: 'check_cleanup_health',
    summary: 'The dependencies of the cleanup jobs are ready',
    owner: 'on-call',
    schedule: '0 */6 * * *',
    runbook: 'health-check',
    checks: {
      database_connectivity: { kind: 'postgres', database: 'app', label: 'Database' },
      redis_connectivity: { kind: 'redis', label: 'Redis' },
      vercel_blob_api: { kind: 'blob', label: 'Vercel Blob' },
      ...each(
        INDEXES,
        (index) => index.replace(/^idx_/, 'index_'),
        (index) => ({ kind: 'index', database: 'app', index }),
      ),
      ...each(
        JOBS,
        (job) => `cron_${job}`,
        (job) => ({ kind: 'schedule', of: job }),
      ),
      ...each(
        variables(env),
        (variable) => `env_var_${variable.toLowerCase()}`,
        (variable) => ({ kind: 'variable', variable }),
      ),
      audit_log_table: { kind: 'table-shape', database: 'app', table: 'audit_log', columns: AUDIT_LOG },
      zombie_locks: { kind: 'locks', maxAge: `${env.SLA_LOCK_MAX_SECONDS}s` },
    },
    alerts: {
      fail: {
        alertType: 'health_check_fail',
        severity: 'critical',
        action: 'Bring the dependency back; until then jobs that need it fail',
      },
      warn: {
        alertType: 'health_check_warn',
        severity: 'warning',
        action: 'Look at the dependency before it fails: what has become slow, paused or stuck',
      },
    },
  });
