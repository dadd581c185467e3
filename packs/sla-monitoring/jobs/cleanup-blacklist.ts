// Blocked addresses whose block is over. One without an end is never over: NULL is before no instant.
import { defineJob, type JobDefinition } from '../../../src/index.ts';
import { slaAlerts } from '../alerts.ts';
import type { SlaEnv } from '../env.ts';

/** SLA-14 (budget), SLA-15 (retention, batch, schedule). */
export const cleanupBlacklist = (env: SlaEnv): JobDefinition =>
  defineJob({
    name: 'cleanup_blacklist',
    summary: 'Deletes blocked addresses whose block has expired',
    owner: 'on-call',
    resourceType: 'email_blacklist',
    schedule: '30 1 * * *',
    budget: '10m',
    runbook: 'sla-breach-critical',
    alerts: slaAlerts(env),
    stuckAfter: `${Math.ceil(env.SLA_STUCK_MINUTES * 60)}s`,
    steps: [
      {
        name: 'email_blacklist',
        action: 'delete',
        batch: 500,
        selection: {
          database: 'app',
          table: 'email_blacklist',
          key: ['id'],
          age: { column: 'expires_at', olderThan: '0s' },
        },
      },
    ],
  });
