// `diagnose`: everything about a job's newest run that helps at night, in one answer, on real Postgres, Redis and Temporal.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerBatchSize } from '../../src/client/commands/batch-size.ts';
import { registerDiagnose } from '../../src/client/commands/diagnose.ts';
import { eventually } from '../support/eventually.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { unique } from '../support/stack.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerDiagnose, registerBatchSize]);
});
afterAll(() => desk.close());

const diagnosed = async (name: string) => {
  const { code, stdout, stderr } = await desk.sexton('diagnose', name, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

describe('diagnose', () => {
  it('tells slow batches, batch size, progress and lock holder of a run that goes on (SLA-92)', async () => {
    const job = await desk.declare(12);
    const free = desk.hold(job);
    const run = await desk.start(job);
    await eventually('the run has its lock', () => desk.lock.read(job.snapshot.lockKey));
    await desk.sexton('set-batch-size', job.name, '4', '--by', 'ana');
    const found = await diagnosed(job.name);
    expect(found).toMatchObject({
      job: job.id,
      run: { runId: run.firstExecutionRunId, state: 'running', endedAt: null },
      lastProgress: { at: expect.any(String), secondsAgo: expect.any(Number) },
      slowBatches: [],
      batchSize: { rows: 4, declared: 5, setBy: 'ana' },
      lock: { owner: { workflowId: run.workflowId }, ownerState: 'running' },
      recentErrors: [],
      unknown: [],
    });
    free();
    await run.result();
    const after = await diagnosed(job.name);
    expect(after).toMatchObject({ run: { state: 'completed', batches: 3 }, lastProgress: null, lock: null });
    const times: readonly number[] = after.slowBatches.map(({ ms }: { ms: number }) => ms);
    expect(times).toHaveLength(3);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it('names waits, locks that were not granted, and who blocks whom (SLA-92)', async () => {
    const job = await desk.declare(1);
    const table = pg.escapeIdentifier(job.name);
    const [holder, waiter] = [0, 1].map(
      () => new pg.Client({ connectionString: desk.catalog.home.url, application_name: 'a-report' }),
    ) as [pg.Client, pg.Client];
    await Promise.all([holder.connect(), waiter.connect()]);
    await holder.query(`BEGIN; LOCK TABLE public.${table} IN ACCESS EXCLUSIVE MODE`);
    const waiting = waiter.query(`SELECT count(*) FROM public.${table}`);
    const found = await eventually('somebody is blocked', async () => {
      const told = await diagnosed(job.name);
      return told.blocked.length > 0 && told;
    });
    await holder.query('COMMIT');
    await waiting;
    await Promise.all([holder.end(), waiter.end()]);
    expect(found.blocked).toEqual([
      expect.objectContaining({
        blockedStatement: expect.stringContaining(`SELECT count(*) FROM public.${job.name}`.slice(0, 22)),
        blockingApplication: 'a-report',
        blockingState: 'idle in transaction',
      }),
    ]);
    const [pair] = found.blocked;
    expect(found.ungrantedLocks).toEqual([
      expect.objectContaining({
        pid: pair.blocked,
        mode: 'AccessShareLock',
        on: expect.stringContaining(job.name),
      }),
    ]);
    expect(found.waits).toContainEqual(
      expect.objectContaining({ pid: pair.blocked, waitsFor: 'Lock: relation' }),
    );
  });

  it('lists the failures of the last 24 hours, the newest first, and changes nothing (SLA-92)', async () => {
    const job = await desk.declare(3);
    for (const [code, hoursAgo] of [
      ['OLD', 25],
      ['FIRST', 3],
      ['LAST', 1],
    ] as const)
      await desk.db.query(
        `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run,
           budget_seconds, state, error_code, error_message, started_at, ended_at)
         SELECT $1, $1, $2, $3, 'app', 'link', $4, 'schedule', false, 300, 'failed', $5, 'it failed', at, at
         FROM (SELECT sexton.now() - make_interval(hours => $6) AS at) t`,
        [unique('run'), job.pack, job.name, job.snapshot.lockKey, code, hoursAgo],
      );
    const rows = async () =>
      (
        await desk.db.query(
          'SELECT (SELECT count(*) FROM sexton.run) AS runs, (SELECT count(*) FROM sexton.audit_log) AS told',
        )
      ).rows[0];
    const before = await rows();
    const found = await diagnosed(job.name);
    expect(found.recentErrors.map(({ code }: { code: string }) => code)).toEqual(['LAST', 'FIRST']);
    expect([await rows(), await desk.rowsOf(job)]).toEqual([before, 3]);
  });

  it('names what could not be asked, tells the rest, and exits with 3', async () => {
    const job = await desk.declare(1);
    const { redisUrl } = desk.catalog;
    Object.assign(desk.catalog, { redisUrl: 'redis://127.0.0.1:1' });
    const { code, stdout } = await desk.sexton('diagnose', job.name);
    Object.assign(desk.catalog, { redisUrl });
    expect(code).toBe(3);
    expect(stdout).toContain('lock: not known');
    expect(stdout).toContain('batch size: 5 rows, as declared');
    expect(stdout).toContain('not known: lock: Redis did not answer');
  });
});
