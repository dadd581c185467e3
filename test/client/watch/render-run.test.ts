// How the end of a run and of a dry run read.
import { describe, expect, it } from 'vitest';
import { renderDryRun, renderRun } from '../../../src/client/watch/render-run.ts';
import { aJob } from '../../support/builders.ts';

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
});
