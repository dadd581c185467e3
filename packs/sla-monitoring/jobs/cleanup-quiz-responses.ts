// Answers to the quiz, a month after they were given.
import { defineJob, type JobDefinition } from '../../../src/index.ts';
import { slaAlerts } from '../alerts.ts';
import type { SlaEnv } from '../env.ts';

/** SLA-14 (budget), SLA-15 (retention, batch, schedule). */
export const cleanupQuizResponses = (env: SlaEnv): JobDefinition =>
  defineJob({
    name: 'cleanup_quiz_responses',
    summary: 'Deletes quiz responses older than 30 days',
    owner: 'on-call',
    resourceType: 'quiz_response',
    schedule: '0 2 * * *',
    budget: '1h',
    runbook: 'sla-breach-critical',
    alerts: slaAlerts(env),
    stuckAfter: `${Math.ceil(env.SLA_STUCK_MINUTES * 60)}s`,
    steps: [
      {
        name: 'quiz_responses',
        action: 'delete',
        batch: 1000,
        selection: {
          database: 'app',
          table: 'quiz_responses',
          key: ['id'],
          age: { column: 'created_at', olderThan: '30d' },
        },
      },
    ],
  });
