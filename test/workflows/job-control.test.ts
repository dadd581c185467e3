// What a person does to a run that goes on, and what comes of it: the real server, real activities, real rows.
import type { WorkflowHandle } from '@temporalio/client';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import type { RunAnswer } from '../../src/domain/jobs/control.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { countLinks, insertLinks } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { aJob } from '../support/jobs/builders.ts';
import { record } from '../support/record.ts';
import { redisUrl } from '../support/stack.ts';

let bell: Bell;
let redis: Redis;
beforeAll(async () => {
  bell = await openBell();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await bell.close();
});
beforeEach(async () => {
  await bell.home.query('TRUNCATE public.link');
});

/** Two rows a batch, ten a second: slow enough to be met on its way. */
const paced = (job: JobSnapshot): Promise<WorkflowHandle> =>
  startRun(bell.client, job, { by: 'test', rowsPerSecond: 10 });

const ask = (handle: WorkflowHandle, update: string, event: object): Promise<RunAnswer> =>
  handle.executeUpdate<RunAnswer, [object]>(update, { args: [{ by: 'ana', ...event }] });

const stateOf = (handle: WorkflowHandle): Promise<JobState> => handle.query<JobState>('state');

const ledger = async (runId: string): Promise<{ rows: number; batches: number; sizes: number[] }> => {
  const { rows } = await bell.home.query(
    'SELECT deleted FROM sexton.ledger WHERE run_id = $1 AND deleted > 0 ORDER BY seq',
    [runId],
  );
  const sizes = rows.map((row): number => row.deleted);
  return { rows: sizes.reduce((sum, size) => sum + size, 0), batches: sizes.length, sizes };
};

const untilBatches = (runId: string, least: number) =>
  eventually(`${least} batches of ${runId}`, async () => (await ledger(runId)).batches >= least);

const auditOf = async (runId: string): Promise<string[]> =>
  (await bell.home.query('SELECT action FROM sexton.audit_log WHERE run_id = $1 ORDER BY id', [runId])).rows
    .map((row): string => row.action)
    .filter((action) => action !== 'CLEANUP_BATCH_COMPLETED');

const begun = async (job: JobSnapshot) => {
  const handle = await paced(job);
  const { runId } = await eventually('the run has begun', async () => {
    const state = await stateOf(handle);
    return state.startedAt !== undefined && state;
  });
  await untilBatches(runId, 1);
  return { handle, runId };
};

describe('pause', () => {
  it('ends deletion within one batch and lets go of the lock; resume goes on and every row goes once', async () => {
    await insertLinks(bell.home, 40, 25);
    const job = aJob({ batchRows: 2 });
    await bell.serving(async () => {
      const { handle, runId } = await begun(job);
      const answer = await ask(handle, 'pause', { reason: 'backup runs' });
      const { batches } = await ledger(runId);
      expect(answer).toMatchObject({ state: 'paused', by: 'ana', runId });
      // The lock goes last, when the slice is back: nothing can begin any more.
      await eventually('the lock is let go of', async () => (await redis.get(job.lockKey)) === null);
      const after = await ledger(runId);
      expect(after.batches - batches).toBeLessThanOrEqual(1);
      expect(await stateOf(handle)).toMatchObject({
        state: 'paused',
        hold: { by: 'ana', reason: 'backup runs' },
      });

      expect(await ask(handle, 'resume', {})).toMatchObject({ state: 'running' });
      expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 40, remaining: 0 });
      expect((await ledger(runId)).rows).toBe(40);
      expect(await countLinks(bell.home)).toBe(0);
      expect(await auditOf(runId)).toEqual([
        'CLEANUP_STARTED',
        'CLEANUP_PAUSED',
        'CLEANUP_RESUMED',
        'CLEANUP_COMPLETED',
      ]);
      await record('job-paused-and-resumed', handle);
    });
  });

  it('asked for before the run has begun, keeps its first batch from beginning', async () => {
    await insertLinks(bell.home, 4, 25);
    await bell.serving(async () => {
      const handle = await paced(aJob({ batchRows: 2 }));
      await ask(handle, 'pause', {});
      await eventually('the run is paused', async () => (await stateOf(handle)).state === 'paused');
      expect(await countLinks(bell.home)).toBe(4);
      await ask(handle, 'stop', { force: true, reason: 'test is over' });
      expect(await handle.result()).toMatchObject({ state: 'stopped', deleted: 0, remaining: 4 });
    });
  });

  it('by signal does the same as by update, and so do resume and stop', async () => {
    await insertLinks(bell.home, 40, 25);
    await bell.serving(async () => {
      const { handle, runId } = await begun(aJob({ batchRows: 2 }));
      await handle.signal('pause', { by: 'ana' });
      await eventually('the run is paused', async () => (await stateOf(handle)).state === 'paused');
      await handle.signal('resume', { by: 'ana' });
      await eventually('the run goes on', async () => (await stateOf(handle)).state === 'running');
      await handle.signal('stop', { by: 'ana', force: true, reason: 'test is over' });
      expect(await handle.result()).toMatchObject({ state: 'stopped' });
      expect(await auditOf(runId)).toEqual([
        'CLEANUP_STARTED',
        'CLEANUP_PAUSED',
        'CLEANUP_RESUMED',
        'CLEANUP_STOP_REQUESTED',
        'CLEANUP_STOPPED',
      ]);
    });
  });

  it('lets another run of the job work meanwhile; the paused one then stops, resumable, and deletes nothing more', async () => {
    await insertLinks(bell.home, 20, 25);
    const job = aJob({ batchRows: 2 });
    await bell.serving(async () => {
      const { handle, runId } = await begun(job);
      await ask(handle, 'pause', {});
      await eventually('the lock is let go of', async () => (await redis.get(job.lockKey)) === null);
      const { rows: before } = await ledger(runId);
      const other = await startRun(bell.client, job, { by: 'test' });
      expect(await other.result()).toMatchObject({ state: 'completed', deleted: 20 - before });
      await ask(handle, 'resume', {});
      expect(await handle.result()).toMatchObject({ state: 'stopped', deleted: before });
    });
  });

  it('refuses what makes no sense, with the reason', async () => {
    await insertLinks(bell.home, 20, 25);
    await bell.serving(async () => {
      const { handle } = await begun(aJob({ batchRows: 2 }));
      const refused = (words: string) => ({
        cause: { type: 'CONTROL_REFUSED', message: expect.stringContaining(words) },
      });
      await expect(ask(handle, 'resume', {})).rejects.toMatchObject(refused('it is not paused'));
      await expect(ask(handle, 'retry', {})).rejects.toMatchObject(refused('it does not wait to retry'));
      await expect(ask(handle, 'pause', { by: '' })).rejects.toMatchObject(refused('by must name a person'));
      await expect(ask(handle, 'setBatchSize', { rows: 10_001 })).rejects.toMatchObject(
        refused('from 1 to 10000'),
      );
      await expect(ask(handle, 'stop', { force: true })).rejects.toMatchObject(refused('needs a reason'));
      expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 20 });
    });
  });
});

describe('stop', () => {
  it('is refused while the run makes progress, and by force ends it after the batch in hand (SLA-95)', async () => {
    await insertLinks(bell.home, 40, 25);
    const job = aJob({ batchRows: 2 });
    await bell.serving(async () => {
      const { handle, runId } = await begun(job);
      await expect(ask(handle, 'stop', { reason: 'it is late' })).rejects.toMatchObject({
        cause: { type: 'CONTROL_REFUSED', message: expect.stringMatching(/made progress at 20\d\d-.*Z/) },
      });
      const answer = await ask(handle, 'stop', { force: true, reason: 'it is late' });
      const { batches } = await ledger(runId);
      expect(answer.next).toContain('CLEANUP_STOPPED');
      const result = (await handle.result()) as RunResult;
      const { rows, batches: in_all } = await ledger(runId);
      expect(result).toMatchObject({ state: 'stopped', reason: 'stopped by ana: it is late', deleted: rows });
      expect(in_all - batches).toBeLessThanOrEqual(1);
      expect(await countLinks(bell.home)).toBe(40 - rows);
      expect(await redis.get(job.lockKey)).toBeNull();
      expect((await auditOf(runId)).at(-1)).toBe('CLEANUP_STOPPED');
      await record('job-stopped-by-force', handle);
    });
  });
});

describe('setBatchSize', () => {
  it('holds from the next batch on and for later runs, until the declared size is set again (SLA-93)', async () => {
    await insertLinks(bell.home, 30, 25);
    const job = aJob({ batchRows: 2 });
    await bell.serving(async () => {
      const { handle, runId } = await begun(job);
      expect(await ask(handle, 'setBatchSize', { rows: 5 })).toMatchObject({
        batchRows: { before: 2, after: 5 },
      });
      await handle.result();
      const { sizes } = await ledger(runId);
      expect(sizes[0]).toBe(2);
      expect(sizes).toContain(5);

      await insertLinks(bell.home, 12, 25);
      const later = await begun(job);
      expect(await ask(later.handle, 'setBatchSize', {})).toMatchObject({
        batchRows: { before: 5, after: 2 },
      });
      await later.handle.result();
      expect((await ledger(later.runId)).sizes[0]).toBe(5);
      const { rows } = await bell.home.query(
        `SELECT metadata ->> 'old' AS old, metadata ->> 'new' AS new FROM sexton.audit_log
         WHERE action = 'CLEANUP_BATCH_SIZE_SET' AND run_id = ANY($1) ORDER BY id`,
        [[runId, later.runId]],
      );
      expect(rows).toEqual([
        { old: '2', new: '5' },
        { old: '5', new: '2' },
      ]);
    });
  });
});
