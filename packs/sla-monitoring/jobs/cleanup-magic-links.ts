// Login links that expired more than a day ago.
import { defineJob, type JobDefinition } from '../../../src/index.ts';
import { slaAlerts } from '../alerts.ts';
import type { SlaEnv } from '../env.ts';

/** SLA-14 (budget), SLA-15 (retention, batch, schedule). */
export const cleanupMagicLinks = (env: SlaEnv): JobDefinition =>
  defineJob({
    name: 'cleanup_magic_links',
    summary: 'Deletes login links that expired over 24 h ago',
    owner: 'on-call',
    resourceType: 'magic_link',
    schedule: '10 * * * *',
    budget: '5m',
    runbook: 'sla-breach-critical',
    alerts: slaAlerts(env),
    stuckAfter: `${Math.ceil(env.SLA_STUCK_MINUTES * 60)}s`,
    steps: [
      {
        name: 'magic_link_tokens',
        action: 'delete',
        batch: 1000,
        selection: {
          database: 'app',
          table: 'magic_link_tokens',
          key: ['id'],
          age: { column: 'expires_at', olderThan: '24h' },
        },
      },
    ],
  });
