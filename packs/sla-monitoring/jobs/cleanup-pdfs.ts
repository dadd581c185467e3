// PDFs of meal plans, a quarter of a year after they were made. The plans stay; their files go.
import { defineJob, type JobDefinition } from '../../../src/index.ts';
import { slaAlerts } from '../alerts.ts';
import type { SlaEnv } from '../env.ts';

/** SLA-14 (budget), SLA-15 (retention, batch, schedule, what becomes of the row). */
export const cleanupPdfs = (env: SlaEnv): JobDefinition =>
  defineJob({
    name: 'cleanup_pdfs',
    summary: 'Deletes PDFs of meal plans made over 90 days ago',
    owner: 'on-call',
    resourceType: 'meal_plan_pdf',
    schedule: '0 3 * * *',
    budget: '2h',
    runbook: 'sla-breach-critical',
    alerts: slaAlerts(env),
    stuckAfter: `${Math.ceil(env.SLA_STUCK_MINUTES * 60)}s`,
    steps: [
      {
        name: 'meal_plans',
        action: 'blobs',
        batch: 100,
        blobs: { column: 'pdf_blob_path', deletedAt: 'pdf_deleted_at', grace: '0s' },
        selection: {
          database: 'app',
          table: 'meal_plans',
          key: ['id'],
          age: { column: 'pdf_generated_at', olderThan: '90d' },
        },
      },
    ],
  });
