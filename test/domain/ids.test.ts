// Ids are an interface: schedules, open runs, locks and dashboards are found by them, so a changed one is a
// breaking change.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cleanupQueue,
  defaultLockKey,
  jobId,
  jobScheduleId,
  manualRunWorkflowId,
  ORCHESTRATION_QUEUE,
  RECONCILE_QUEUE,
  RECONCILE_SCHEDULE_ID,
  RECONCILE_WORKFLOW_ID,
  SCHEDULE_PREFIX,
  scheduledRunWorkflowId,
} from '../../src/domain/ids.ts';

describe('ids', () => {
  it('are what they have always been', () => {
    expect({
      job: jobId('sla-monitoring', 'cleanup_links'),
      manual: manualRunWorkflowId('sla-monitoring', 'cleanup_links', '01J'),
      scheduled: scheduledRunWorkflowId('sla-monitoring', 'cleanup_links'),
      schedule: jobScheduleId('sla-monitoring', 'cleanup_links'),
      lock: defaultLockKey('cleanup_links'),
      queue: cleanupQueue('sla-monitoring', 'app'),
      orchestration: ORCHESTRATION_QUEUE,
      reconcileQueue: RECONCILE_QUEUE,
      reconcile: RECONCILE_WORKFLOW_ID,
      reconcileSchedule: RECONCILE_SCHEDULE_ID,
    }).toEqual({
      job: 'sla-monitoring/job/cleanup_links',
      manual: 'job/sla-monitoring/cleanup_links/01J',
      scheduled: 'job/sla-monitoring/cleanup_links/scheduled',
      schedule: 'sexton/sla-monitoring/job/cleanup_links',
      lock: 'lock:cleanup:cleanup_links',
      queue: 'sexton-cleanup/sla-monitoring/app',
      orchestration: 'sexton-orchestration',
      reconcileQueue: 'sexton-reconcile',
      reconcile: 'reconcile',
      reconcileSchedule: 'sexton/reconcile',
    });
  });

  it('of two different things are never the same, whatever packs, jobs and databases are called', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,5}$/);
    const made = [jobId, scheduledRunWorkflowId, jobScheduleId, cleanupQueue];
    fc.assert(
      fc.property(name, name, name, name, (packA, nameA, packB, nameB) => {
        const same = packA === packB && nameA === nameB;
        for (const make of made) expect(make(packA, nameA) === make(packB, nameB)).toBe(same);
      }),
      { numRuns: 1_000, examples: [['a-b', 'c', 'a', 'b-c']] },
    );
  });

  it('of schedules all carry the mark of what apply may change or delete', () => {
    expect(jobScheduleId('p', 'j').startsWith(SCHEDULE_PREFIX)).toBe(true);
    expect(RECONCILE_SCHEDULE_ID.startsWith(SCHEDULE_PREFIX)).toBe(true);
  });
});
