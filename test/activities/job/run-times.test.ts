// Where a run's time went: each part apart, all of them together its duration, the same in result, run row and audit log.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endLostRun } from '../../../src/activities/reconcile/end-lost-run.ts';
import { readOpenRuns } from '../../../src/adapters/postgres/runs/unfinished-runs.ts';
import type { RunResult } from '../../../src/domain/jobs/run.ts';
import { createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { auditOf, type BegunRun, beginRun, finishRun, homeRowOf } from '../../support/jobs/run-job.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(() => engine.db.query('TRUNCATE public.link'));

interface Attempt {
  readonly number?: number;
  readonly attempt?: number;
  readonly queuedMs?: number;
}

const slice = ({ job, plan }: BegunRun, { number = 1, attempt = 1, queuedMs = 0 }: Attempt = {}) =>
  engine.run(engine.activities.slice, { job, plan, slice: number }, attempt, queuedMs);

/** As if a throttle had held the run for so long, after its start. */
const throttledFor = ({ run }: BegunRun, seconds: number) =>
  engine.db.query(
    `INSERT INTO sexton.hold (run_id, probe, reason, slice, attempt, started_at, ended_at)
     VALUES ($1, 'windows', 'outside its windows', 1, 1, sexton.now(), sexton.now() + make_interval(secs => $2))`,
    [run.runId, seconds],
  );

/** As if the run had begun so much earlier. */
const earlier = (begun: BegunRun, seconds: number): BegunRun => {
  const startedAt = new Date(Date.parse(begun.plan.startedAt) - seconds * 1000).toISOString();
  return { ...begun, plan: { ...begun.plan, startedAt } };
};

const sumOf = ({ workMs = 0, throttledMs = 0, queuedMs = 0, otherMs = 0, ...rest }: RunResult): number =>
  workMs + throttledMs + queuedMs + otherMs + (rest.pausedMs ?? 0) + (rest.waitingMs ?? 0);

const WAITS = { pausedMs: 4_000, waitingMs: 3_000, approvalMs: 50_000 };

describe('the times of a run', () => {
  it('add up to its duration, each part apart; waits for lock and approval came before it began', async () => {
    await insertLinks(engine.db, 12, 25);
    const begun = earlier(await beginRun(engine), 20);
    await throttledFor(begun, 2);
    await slice(begun, { queuedMs: 5_000 });
    const result = await finishRun(engine, { ...begun, waits: WAITS, historyEvents: 33 } as BegunRun);
    expect(result).toMatchObject({ ...WAITS, throttledMs: 2_000, attempts: 1, historyEvents: 33 });
    expect(result.lockWaitMs).toBe(begun.plan.lockWaitMs);
    expect(result.queuedMs).toBeGreaterThanOrEqual(5_000);
    expect(result.queuedMs).toBeLessThan(5_500);
    expect(result.workMs).toBeGreaterThan(0);
    expect(result.durationSeconds).toBeGreaterThanOrEqual(20);
    expect(Math.abs(sumOf(result) - result.durationSeconds * 1000)).toBeLessThan(5);
    // 20 s, less 4 s of pause, 3 s of waits, 2 s of throttle, 5 s of queue.
    expect(result.otherMs).toBeGreaterThan(5_000);
  });

  it('are told alike by the result, the run row and the audit log', async () => {
    await insertLinks(engine.db, 12, 25);
    const begun = earlier(await beginRun(engine), 20);
    await throttledFor(begun, 2);
    await slice(begun, { queuedMs: 700 });
    const result = await finishRun(engine, { ...begun, waits: WAITS, historyEvents: 33 } as BegunRun);
    const told = {
      work_ms: result.workMs,
      throttled_ms: 2_000,
      paused_ms: 4_000,
      waiting_ms: 3_000,
      queued_ms: result.queuedMs,
      approval_ms: 50_000,
      locked: result.locked,
      wal_bytes: result.walBytes,
      attempts: 1,
      history_events: 33,
    };
    expect(result.walBytes).toBeGreaterThan(0);
    const row = await homeRowOf(engine, begun);
    const counts = { locked: `${result.locked}`, wal_bytes: `${result.walBytes}` };
    expect(row).toMatchObject({ ...told, ...counts, lock_wait_ms: begun.plan.lockWaitMs });
    const [ending] = (await auditOf(engine, begun)).filter(({ action }) => action === 'CLEANUP_COMPLETED');
    expect(ending?.metadata).toMatchObject({ ...told, other_ms: result.otherMs });
  });

  it('know of every attempt that was let in and of its wait, also where its worker died', async () => {
    const begun = await beginRun(engine);
    await slice(begun, { queuedMs: 400 });
    await slice(begun, { attempt: 2, queuedMs: 300 });
    await slice(begun, { number: 2, queuedMs: 200 });
    const result = await finishRun(engine, begun);
    expect(result.attempts).toBe(3);
    expect(result.queuedMs).toBeGreaterThanOrEqual(900);
    expect(result.queuedMs).toBeLessThan(1_400);
  });

  it('are never less than nothing, whatever the clocks of worker and server say', async () => {
    const begun = await beginRun(engine);
    await slice(begun, { queuedMs: -60_000 });
    const result = await finishRun(engine, { ...begun, waits: WAITS } as BegunRun);
    expect(result.queuedMs).toBeLessThan(500);
    expect(result.queuedMs).toBeGreaterThanOrEqual(0);
    // More than its duration was told of it; what is left over is nothing and not less.
    expect(result.otherMs).toBe(0);
  });

  it('stay as they were told first, when finish is tried again', async () => {
    const begun = earlier(await beginRun(engine), 20);
    await slice(begun);
    const first = await finishRun(engine, { ...begun, waits: WAITS } as BegunRun);
    const second = await finishRun(engine, { ...begun, waits: WAITS } as BegunRun, { state: 'completed' }, 2);
    expect(second).toEqual(first);
  });
});

describe('a run that was lost', () => {
  it('has the times that Postgres knows, and none that only its workflow knew', async () => {
    await insertLinks(engine.db, 12, 25);
    const begun = await beginRun(engine);
    await slice(begun, { queuedMs: 250 });
    await throttledFor(begun, 2);
    // Its ending is at the target only, as where home was away when it was told.
    await engine.db.query(
      `INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, metadata) VALUES
         ('system:cleanup', 'CLEANUP_FAILED', 'link', 'test-pack', $1, '{"duration_seconds": 9, "paused_ms": 1234}')`,
      [begun.run.runId],
    );
    const [open] = (await readOpenRuns(engine.db, 0)).filter(({ runId }) => runId === begun.run.runId);
    if (!open) throw new Error('no open run');
    await endLostRun(engine.dependencies, open);
    expect(await homeRowOf(engine, begun)).toMatchObject({
      state: 'failed',
      throttled_ms: 2_000,
      paused_ms: 1_234,
      waiting_ms: null,
      approval_ms: null,
      history_events: null,
      attempts: 1,
      work_ms: expect.any(Number),
      queued_ms: expect.any(Number),
    });
  });
});
