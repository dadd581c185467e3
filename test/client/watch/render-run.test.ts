// How the end of a run and of a dry run read.
import { describe, expect, it } from 'vitest';
import { renderDryRun, renderRun } from '../../../src/client/watch/render-run.ts';
import { aJob, anOrphansJob } from '../../support/jobs/builders.ts';

const job = { name: 'cleanup_links', snapshot: aJob() };

describe('a dry run', () => {
  const result = {
    runId: 'r',
    dryRun: true,
    would_delete: 12_000,
    sample: [],
    cutoff: '2026-02-09',
  } as const;

  it('says how many rows a run would take', () => {
    expect(renderDryRun(job, result)).toBe(
      'cleanup_links: a run would delete 12,000 rows older than 2026-02-09',
    );
  });

  it('says "about" where nobody has counted them', () => {
    expect(renderDryRun(job, { ...result, would_delete_is_estimate: true })).toContain(
      'delete about 12,000 rows',
    );
  });
});

describe('a job of statements alone', () => {
  const sql = {
    name: 'months',
    action: 'sql',
    database: 'app',
    sql: 'SELECT 1',
    timeoutSeconds: 300,
    ifFails: 'fail',
  } as const;
  const rotate = { name: 'rotate_events', snapshot: { ...aJob(), steps: [sql] as const } };

  it('tells no number of rows, neither beforehand nor at its end', () => {
    const dry = { runId: 'r', dryRun: true, would_delete: 0, sample: [], cutoff: '2026-02-09' } as const;
    expect(renderDryRun(rotate, dry)).toBe(
      'rotate_events: a run does months, once; what that changes nobody can count beforehand',
    );
    const counts = { deleted: 0, batches: 0, maxBatchMs: 0, avgBatchMs: 0, eligible: 0, remaining: 0 };
    const ended = {
      runId: 'r',
      state: 'completed',
      ...counts,
      durationSeconds: 3,
      utilizationPercent: 1,
    } as const;
    expect(renderRun(rotate, ended)).toBe('rotate_events: completed, 3s (1 % of budget)');
  });
});

describe('a dry run over a store', () => {
  it('says how many objects no row names, of how many, shows some, and tells when a run would refuse them', () => {
    const orphans = { step: 'nobodys', seen: 30_000, orphans: 1_200, sample: ['pdf/1.pdf'] };
    const result = { runId: 'r', dryRun: true, would_delete: 0, sample: [], cutoff: '2026-02-09' } as const;
    const store = { name: 'cleanup_orphans', snapshot: anOrphansJob() };
    expect(renderDryRun(store, { ...result, orphans: [orphans] })).toBe(
      'cleanup_orphans, step nobodys: 1,200 of 30,000 objects are named by no row\n  pdf/1.pdf',
    );
    const partial = { ...orphans, too_many: true, is_partial: true } as const;
    expect(renderDryRun(store, { ...result, orphans: [partial] })).toContain(
      '1,200 of the first 30,000 objects are named by no row; these are too many, a run would fail and delete none',
    );
  });
});

describe('a run', () => {
  it('says what is gone, what is left and why', () => {
    const result = {
      runId: 'r',
      state: 'completedWithWarnings',
      reason: '2 rows could not be deleted',
      deleted: 1_500,
      batches: 2,
      maxBatchMs: 5,
      avgBatchMs: 4,
      eligible: 1_502,
      remaining: 2,
      durationSeconds: 3,
      utilizationPercent: 1,
    } as const;
    expect(renderRun(job, result)).toBe(
      'cleanup_links: completedWithWarnings · 1,500 rows gone in 2 batches, 2 left, 3s (1 % of budget)\n' +
        '  2 rows could not be deleted',
    );
  });

  it('says where its time went, each part apart, and what came before it began', () => {
    const result = {
      runId: 'r',
      state: 'completed',
      deleted: 1_500,
      batches: 2,
      maxBatchMs: 5,
      avgBatchMs: 4,
      eligible: 1_500,
      remaining: 0,
      durationSeconds: 400,
      utilizationPercent: 1,
      workMs: 2_400,
      throttledMs: 61_000,
      queuedMs: 30,
      pausedMs: 0,
      waitingMs: 10_000,
      otherMs: 500,
      lockWaitMs: 1_200,
      approvalMs: 3_600_000,
    } as const;
    expect(renderRun(job, result).split('\n')[1]).toBe(
      '  work 2.4s · throttle 1m1s · wait after failures 10s · other 0.5s · before that: lock 1.2s, approval 1h',
    );
  });
});
