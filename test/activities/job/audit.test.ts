// What the audit log says of a run: which rows, with which metadata, and exactly one ending whatever happens.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAILURE_TYPES } from '../../../src/domain/failure.ts';
import { TERMINAL_ACTIONS } from '../../../src/domain/jobs/audit.ts';
import { createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import {
  type AuditRow,
  aRun,
  auditOf,
  beginRun,
  finishRun,
  homeRowOf,
  sliceRun,
} from '../../support/jobs/run-job.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
});

const terminal = (rows: readonly AuditRow[]): AuditRow[] =>
  rows.filter(({ action }) => TERMINAL_ACTIONS.some((one) => one === action));

describe('the audit log of a run that completed', () => {
  it('SLA-20, SLA-21: is a start, a row a slice, and an ending with every field that is asked for', async () => {
    await insertLinks(engine.db, 12, 25);
    const begun = await beginRun(engine, aRun(aJob(), { budgetSeconds: 60 }));
    await sliceRun(engine, begun);
    await finishRun(engine, begun);
    const rows = await auditOf(engine, begun);
    const { runId, workflowId } = begun.run;
    const { cutoff, lockWaitMs } = begun.plan;
    expect(rows.map(({ action, metadata }) => [action, metadata])).toEqual([
      [
        'CLEANUP_STARTED',
        {
          job: 'cleanup_links',
          run_id: runId,
          workflow_id: workflowId,
          trigger: 'manual',
          cutoff,
          eligible: 12,
          eligible_is_estimate: false,
          sla_budget_seconds: 60,
          batch_size: 5,
          steps: begun.plan.steps,
        },
      ],
      [
        'CLEANUP_BATCH_COMPLETED',
        {
          job: 'cleanup_links',
          run_id: runId,
          slice: 1,
          batches: 3,
          records_processed: 12,
          avg_batch_ms: expect.any(Number),
          max_batch_ms: expect.any(Number),
        },
      ],
      [
        'CLEANUP_COMPLETED',
        {
          job: 'cleanup_links',
          trigger: 'manual',
          run_id: runId,
          state: 'completed',
          duration_seconds: expect.any(Number),
          sla_budget_seconds: 60,
          records_processed: 12,
          batches: 3,
          batch_size: 5,
          max_batch_ms: expect.any(Number),
          avg_batch_ms: expect.any(Number),
          work_ms: expect.any(Number),
          throttled_ms: 0,
          queued_ms: expect.any(Number),
          other_ms: expect.any(Number),
          lock_wait_ms: lockWaitMs,
          wal_bytes: expect.any(Number),
          locked: 0,
          attempts: 1,
          cutoff,
          remaining: 0,
        },
      ],
    ]);
    for (const { actor, resource_type, pack } of rows) {
      expect({ actor, resource_type, pack }).toEqual({
        actor: 'system:cleanup',
        resource_type: 'link',
        pack: 'test-pack',
      });
    }
  });

  it('SLA-25: tells the same duration by its instants as by its figure', async () => {
    const begun = await beginRun(engine);
    await finishRun(engine, begun);
    const [start, end] = await auditOf(engine, begun);
    const seconds = (Number(end?.timestamp) - Number(start?.timestamp)) / 1_000;
    expect(Math.abs(seconds - Number(end?.metadata['duration_seconds']))).toBeLessThan(0.2);
  });
});

describe('the audit log of a run that did not complete', () => {
  it('SLA-21: says with which code and message it failed, and how many rows had gone before', async () => {
    await insertLinks(engine.db, 12, 25);
    const begun = await beginRun(engine);
    await sliceRun(engine, begun);
    const error = { code: FAILURE_TYPES.batchFailed, message: 'deadlock detected (40P01)' };
    await finishRun(engine, begun, { state: 'failed', reason: error.message, error });
    expect(terminal(await auditOf(engine, begun))).toMatchObject([
      {
        action: 'CLEANUP_FAILED',
        metadata: { error_code: error.code, error_message: error.message, records_processed: 12 },
      },
    ]);
  });

  it('SLA-16: says that it was skipped and who held the lock, though it never began', async () => {
    const skipped = aRun();
    await finishRun(engine, skipped, { state: 'skipped', reason: 'held by another' });
    expect(await auditOf(engine, skipped)).toMatchObject([
      { action: 'CLEANUP_LOCK_SKIPPED', metadata: { reason: 'held by another', records_processed: 0 } },
    ]);
  });

  it('says why it stopped', async () => {
    const begun = await beginRun(engine);
    await finishRun(engine, begun, { state: 'stopped', reason: 'lock_taken: by another owner' });
    expect(terminal(await auditOf(engine, begun))).toMatchObject([
      { action: 'CLEANUP_STOPPED', metadata: { reason: 'lock_taken: by another owner' } },
    ]);
  });
});

describe('the one ending of a run', () => {
  it('stays one, and stays the same, when finish is tried again after its worker died', async () => {
    await insertLinks(engine.db, 7, 25);
    const begun = await beginRun(engine);
    await sliceRun(engine, begun);
    const first = await finishRun(engine, begun);
    const told = terminal(await auditOf(engine, begun));
    const second = await finishRun(engine, begun, { state: 'completed' }, 2);
    expect(terminal(await auditOf(engine, begun))).toEqual(told);
    expect(told).toHaveLength(1);
    expect(second).toEqual(first);
  });

  it('stays one when four workers finish the run at once', async () => {
    await insertLinks(engine.db, 7, 25);
    const begun = await beginRun(engine);
    await sliceRun(engine, begun);
    const results = await Promise.all(
      [1, 1, 2, 3].map((attempt) => finishRun(engine, begun, { state: 'completed' }, attempt)),
    );
    const rows = await auditOf(engine, begun);
    expect(rows.map(({ action }) => action)).toEqual([
      'CLEANUP_STARTED',
      'CLEANUP_BATCH_COMPLETED',
      'CLEANUP_COMPLETED',
    ]);
    for (const result of results) expect(result).toEqual(results[0]);
    expect(await homeRowOf(engine, begun)).toMatchObject({
      state: 'completed',
      deleted: '7',
      duration_seconds: rows[2]?.metadata['duration_seconds'],
    });
  });

  it('is not changed by a finish that believes otherwise', async () => {
    const begun = await beginRun(engine);
    await finishRun(engine, begun);
    const error = { code: 'UNEXPECTED', message: 'too late' };
    const late = await finishRun(engine, begun, { state: 'failed', error }, 2);
    expect(late).toMatchObject({ state: 'completed' });
    expect(terminal(await auditOf(engine, begun)).map(({ action }) => action)).toEqual(['CLEANUP_COMPLETED']);
    expect(await homeRowOf(engine, begun)).toMatchObject({ state: 'completed', error_code: null });
  });
});
