// The main job with its workers, Redis and workflow taken away in the middle: counts stay exact, one ending each.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RECONCILE_QUEUE } from '../../src/domain/ids.ts';
import { TERMINAL_ACTIONS } from '../../src/domain/jobs/audit.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import type { ReconcileResult } from '../../src/domain/reconcile.ts';
import { eventually } from '../support/eventually.ts';
import {
  type House,
  ledgerSum,
  openHouse,
  untilDeleted,
  type WorkerProcess,
} from '../support/programs/house.ts';
import { unique } from '../support/stack.ts';

const JOB = 'cleanup_magic_links';
/** Five seconds for 30,000 rows: enough to be caught in the middle of. */
const RATE = 6_000;

let house: House;
let workers: WorkerProcess[] = [];
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  workers = [];
  await house.redis.flushall();
  await house.seed();
});

const worker = (): WorkerProcess => {
  const started = house.worker();
  workers.push(started);
  return started;
};

const left = async (): Promise<number> =>
  (await house.target.query('SELECT count(*)::int AS n FROM magic_link_tokens')).rows[0].n;

const endings = async (runId: string): Promise<{ action: string; metadata: Record<string, unknown> }[]> =>
  (
    await house.target.query(
      'SELECT action, metadata FROM sexton.audit_log WHERE run_id = $1 AND action = ANY($2)',
      [runId, TERMINAL_ACTIONS],
    )
  ).rows;

/** 30,000 were due, 90,000 must stay; the ledger accounts for exactly what is gone; one ending. */
const expectExact = async (result: RunResult): Promise<void> => {
  expect(result).toMatchObject({ state: 'completed', eligible: 30_000, deleted: 30_000, remaining: 0 });
  expect(await left()).toBe(90_000);
  expect(await ledgerSum(house.target, result.runId)).toBe(30_000);
  expect((await endings(result.runId)).map(({ action }) => action)).toEqual(['CLEANUP_COMPLETED']);
};

const reconcile = (): Promise<ReconcileResult> =>
  house.client.workflow.execute('reconcile', {
    taskQueue: RECONCILE_QUEUE,
    workflowId: unique('reconcile'),
    args: [{ waitedSeconds: 0 }],
  });

describe('a run whose worker', () => {
  it('is killed with SIGKILL in the middle is finished by another, with exact counts', async () => {
    const first = worker();
    const handle = await house.start(house.job(JOB), RATE);
    const before = await untilDeleted(house.target, handle.firstExecutionRunId, 5_000);
    first.kill('SIGKILL');
    worker();
    const result: RunResult = await handle.result();
    expect(before).toBeLessThan(30_000);
    await expectExact(result);
    const { rows } = await house.target.query(
      'SELECT max(attempt)::int AS n FROM sexton.ledger WHERE run_id = $1',
      [result.runId],
    );
    expect(rows[0].n).toBeGreaterThan(1);
  });

  it('stalls (SIGSTOP), is replaced, and wakes up later: the woken attempt deletes 0 rows', async () => {
    const stalled = worker();
    const handle = await house.start(house.job(JOB), RATE);
    await untilDeleted(house.target, handle.firstExecutionRunId, 5_000);
    stalled.kill('SIGSTOP');
    worker();
    const result: RunResult = await handle.result();
    await expectExact(result);

    // Bait: rows that the woken attempt would find due.
    await house.target.query(
      `INSERT INTO magic_link_tokens (id, token_hash, expires_at)
       SELECT gen_random_uuid(), md5(n::text), sexton.now() - interval '90 days' FROM generate_series(1, 500) n`,
    );
    stalled.kill('SIGCONT');
    await eventually('the woken attempt is turned away', () => stalled.stderr().includes('SUPERSEDED'), {
      withinMs: 60_000,
    });
    expect(await left()).toBe(90_500);
    expect(await ledgerSum(house.target, result.runId)).toBe(30_000);
  }, 180_000);
});

describe('a run that loses Redis', () => {
  it('emptied in the middle takes its lock anew, under a higher epoch, and ends with exact counts', async () => {
    worker();
    const handle = await house.start(house.job(JOB), RATE);
    await untilDeleted(house.target, handle.firstExecutionRunId, 5_000);
    await house.redis.flushall();
    await untilDeleted(house.target, handle.firstExecutionRunId, 10_000);
    await house.redis.flushall();
    await expectExact(await handle.result());
    const { rows } = await house.target.query('SELECT epoch::int FROM sexton.fence WHERE resource = $1', [
      house.job(JOB).snapshot.lockKey,
    ]);
    expect(rows[0].epoch).toBeGreaterThanOrEqual(3);
    expect(await house.redis.exists(house.job(JOB).snapshot.lockKey)).toBe(0);
  });

  it('altogether waits in sight, deletes nothing meanwhile, and goes on when Redis is back', async () => {
    worker();
    const handle = await house.start(house.job(JOB), RATE);
    await untilDeleted(house.target, handle.firstExecutionRunId, 5_000);
    await house.stack.halt('redis');
    await eventually('the run says what it waits for', async () => {
      const state = await handle.query<{ state: string; lastFailure?: string }>('state');
      return state.state === 'waitingToRetry' && state.lastFailure?.includes('Redis');
    });
    const gone = await ledgerSum(house.target, handle.firstExecutionRunId);
    await house.stack.launch('redis');
    const result: RunResult = await handle.result();
    expect(gone).toBeLessThan(30_000);
    await expectExact(result);
  });
});

describe('a run that is terminated in the Temporal UI', () => {
  it('gets its one ending from reconcile, with the rows it did delete, and lets go of its lock', async () => {
    worker();
    const handle = await house.start(house.job(JOB), RATE);
    const runId = handle.firstExecutionRunId;
    await untilDeleted(house.target, runId, 5_000);
    await handle.terminate('by hand');
    expect((await reconcile()).ended).toEqual([handle.workflowId]);
    expect((await reconcile()).ended).toEqual([]);

    const told = await endings(runId);
    expect(told.map(({ action }) => action)).toEqual(['CLEANUP_FAILED']);
    const gone = 120_000 - (await left());
    expect(told[0]?.metadata).toMatchObject({ error_code: 'RUN_LOST', records_processed: gone });
    expect(await ledgerSum(house.target, runId)).toBe(gone);
    expect(await house.redis.exists(house.job(JOB).snapshot.lockKey)).toBe(0);
    const { rows } = await house.home.query('SELECT state, error_code FROM sexton.run WHERE run_id = $1', [
      runId,
    ]);
    expect(rows).toEqual([{ state: 'failed', error_code: 'RUN_LOST' }]);
  });

  it('before its first activity ran is found and told all the same', async () => {
    const handle = await house.start(house.job(JOB));
    await handle.terminate('before any worker was there');
    worker();
    await eventually('reconcile has found the run', async () => {
      await reconcile();
      return (await endings(handle.firstExecutionRunId)).length === 1;
    });
    expect(await endings(handle.firstExecutionRunId)).toMatchObject([
      { action: 'CLEANUP_FAILED', metadata: { error_code: 'RUN_LOST', records_processed: 0 } },
    ]);
    expect(await left()).toBe(120_000);
  });
});
