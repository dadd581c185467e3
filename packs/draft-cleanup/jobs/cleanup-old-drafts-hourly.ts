// Drafts that nobody used within a day. An active draft of any age stays, and so does whatever is no draft.
import { defineJob, type JobDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { CLEANUP_JOB, DATABASE } from '../names.ts';

/** DRAFT-15 (schedule), DRAFT-16 (what goes), DRAFT-17 (batch and order), DRAFT-19 (budget), DRAFT-20 (audit). */
export const cleanupOldDraftsHourly = (env: DraftEnv): JobDefinition =>
  defineJob({
    name: CLEANUP_JOB,
    summary: `Deletes drafts that nobody used within ${env.DRAFT_RETENTION_HOURS} h`,
    owner: 'draft-on-call',
    resourceType: 'course_draft',
    schedule: '0 * * * *',
    budget: '5m',
    runbook: 'job-failures',
    // A lone failure wakes nobody: three in a row do (alert 7).
    alerts: {
      budget: {
        rule: 'cleanup_budget',
        bands: [
          {
            above: 80,
            severity: 'warning',
            alertType: 'cleanup_budget_nearing',
            action: 'Look at the run in the Temporal UI: many drafts at once, or a slow database?',
          },
          {
            above: 100,
            severity: 'high',
            alertType: 'cleanup_budget_exceeded',
            action: 'Look at the run in the Temporal UI; do not kill it, its next batch is safe to wait for',
          },
        ],
      },
      failure: false,
    },
    auditIds: 1_000,
    evaluates: ['draft-job'],
    steps: [
      {
        name: 'unused_drafts',
        action: 'delete',
        batch: env.DRAFT_CLEANUP_BATCH,
        selection: {
          database: DATABASE,
          table: 'courses',
          key: ['id'],
          age: { column: 'created_at', olderThan: `${Math.round(env.DRAFT_RETENTION_HOURS * 3_600)}s` },
          where: "status = 'draft' AND generation_status IS NULL",
        },
      },
    ],
  });
