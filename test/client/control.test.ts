// What an operator does to a run from the command line: real runs, real answers, and the exit code of each.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchSizeInput } from '../../src/activities/job/control.ts';
import type { SliceInput } from '../../src/activities/slice/slice.ts';
import type { CatalogJob } from '../../src/catalog/catalog.ts';
import { ask } from '../../src/client/ask.ts';
import { registerBatchSize } from '../../src/client/commands/batch-size.ts';
import { registerControls } from '../../src/client/commands/control.ts';
import { tell } from '../../src/client/tell.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import { manualRunWorkflowId } from '../../src/domain/ids.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { cacheFolder } from '../../src/local/cache.ts';
import { findTemporal } from '../../src/local/programs/find-temporal.ts';
import { runCommand } from '../support/command.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerSum } from '../support/house.ts';
import { temporalAddress } from '../support/stack.ts';

/** Jobs whose slices fail until they are taken out. */
const failing = new Set<string>();
/** Jobs whose batch size cannot be written. */
const away = new Set<string>();

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerControls, registerBatchSize], (all) => ({
    ...all,
    slice: (input: SliceInput) => {
      if (!failing.has(input.job.name)) return all.slice(input);
      throw ApplicationFailure.nonRetryable('the disk is full', FAILURE_TYPES.batchFailed);
    },
    setBatchSize: (input: BatchSizeInput) => {
      if (!away.has(input.run.job)) return all.setBatchSize(input);
      throw ApplicationFailure.nonRetryable('Postgres is away', 'AWAY');
    },
  }));
});
afterAll(() => desk.close());

type Handle = Awaited<ReturnType<Desk['start']>>;

const stateOf = (handle: Handle): Promise<JobState> => handle.query<JobState>('state');

/** Twenty-five seconds' worth: no test takes that long before it does something about its run. */
const ROWS = 500;

/** A run at twenty rows a second that has taken some, and has a while to go. */
const aSlowRun = async (): Promise<{ readonly job: CatalogJob; readonly handle: Handle }> => {
  const job = await desk.declare(ROWS);
  const handle = await desk.start(job, { rowsPerSecond: 20 });
  await eventually('it has deleted something', async () => (await desk.rowsOf(job)) < ROWS);
  return { job, handle };
};

/** Leaves so few rows that the run, once let go, is soon over; returns how many it will have deleted. */
const shorten = async (job: CatalogJob, handle: Handle): Promise<number> => {
  await desk.db.query(
    `DELETE FROM public.${job.name} WHERE id NOT IN (SELECT id FROM public.${job.name} LIMIT 10)`,
  );
  return (await ledgerSum(desk.db, handle.firstExecutionRunId)) + 10;
};

const auditOf = async ({ name }: CatalogJob, action: string) =>
  (
    await desk.db.query(
      `SELECT metadata, run_id AS "runId" FROM sexton.audit_log
       WHERE action = $2 AND metadata ->> 'job' = $1 ORDER BY id`,
      [name, action],
    )
  ).rows;

const stopByForce = (handle: Handle) =>
  desk.sexton('stop', handle.workflowId, '--force', '--reason', 'the test is over', '--by', 'test');

describe('pause and resume', () => {
  it('pause by the job’s name holds the run that goes on and says who and why, resume by its run id lets it end (SLA-96)', async () => {
    const { job, handle } = await aSlowRun();
    const paused = await desk.sexton('pause', job.name, '--by', 'ana', '--reason', 'the table is locked');
    expect(paused).toEqual({
      code: 0,
      stdout:
        `${handle.workflowId}: paused, asked by ana\n` +
        '  next: paused by ana: the table is locked; no further batch begins until it is resumed\n',
      stderr: '',
    });
    expect(await auditOf(job, 'CLEANUP_PAUSED')).toMatchObject([
      { runId: handle.firstExecutionRunId, metadata: { by: 'ana', reason: 'the table is locked' } },
    ]);
    await eventually('the lock is let go of', async () => !(await desk.lock.read(job.snapshot.lockKey)));
    expect(await stateOf(handle)).toMatchObject({ state: 'paused', hold: { kind: 'pause', by: 'ana' } });
    const deleted = await shorten(job, handle);

    const resumed = await desk.sexton('resume', handle.firstExecutionRunId, '--by', 'ben', '--json');
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toEqual({
      workflowId: handle.workflowId,
      runId: handle.firstExecutionRunId,
      job: job.id,
      state: 'running',
      by: 'ben',
      next: 'goes on with the next batch',
    });
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted });
    expect(await desk.rowsOf(job)).toBe(0);
  });

  it('a refusal prints the run’s reason and exits with 1, as words or as one object', async () => {
    const { handle } = await aSlowRun();
    const words = 'refused: it is not paused';
    expect(await desk.sexton('resume', handle.workflowId)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${words}\n`,
    });
    const json = await desk.sexton('resume', handle.workflowId, '--json');
    expect({ ...json, stdout: JSON.parse(json.stdout) }).toEqual({
      code: 1,
      stdout: { refused: words },
      stderr: '',
    });
    await stopByForce(handle);
  });

  it('with no run that goes on they point to the schedule and exit with 1', async () => {
    const job = await desk.declare(0);
    for (const verb of ['pause', 'resume']) {
      const { code, stderr } = await desk.sexton(verb, job.id);
      expect(code).toBe(1);
      expect(stderr).toContain(`no run of ${job.name} goes on; \`sexton schedule ${verb} ${job.name}\``);
    }
  });

  it('of several runs they list what to type for each, exit with 2 and touch none', async () => {
    const { job, handle: first } = await aSlowRun();
    await desk.sexton('pause', job.name);
    await eventually('the lock is let go of', async () => !(await desk.lock.read(job.snapshot.lockKey)));
    const second = await desk.start(job, { rowsPerSecond: 20 });
    await eventually('the second has begun', async () => (await stateOf(second)).startedAt);
    const { code, stdout, stderr } = await desk.sexton('pause', job.name);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`2 runs of ${job.name} go on`);
    expect(stderr).toContain(`  sexton pause ${first.workflowId}\n`);
    expect(stderr).toContain(`  sexton pause ${second.workflowId}\n`);
    expect((await stateOf(second)).state).toBe('running');
    await Promise.all([stopByForce(first), stopByForce(second)]);
  });
});

describe('stop', () => {
  it('is refused with the instant of the last progress while that is fresh, and does it by force with a reason (SLA-95)', async () => {
    const { job, handle } = await aSlowRun();
    const refused = await desk.sexton('stop', job.name, '--by', 'ana');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^refused: the run made progress at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, less than 10m ago/,
    );
    expect((await stateOf(handle)).state).toBe('running');

    const words = ['stop', job.name, '--force', '--reason', 'it holds up the release', '--by', 'ana'];
    const stopped = await desk.sexton(...words);
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    expect(stopped.stdout).toContain('next: ends after the batch in hand, and tells CLEANUP_STOPPED');
    const result: RunResult = await handle.result();
    expect(result).toMatchObject({ state: 'stopped', reason: 'stopped by ana: it holds up the release' });
    expect(result.deleted).toBe(ROWS - (await desk.rowsOf(job)));
    expect(await auditOf(job, 'CLEANUP_STOPPED')).toHaveLength(1);
    expect(await auditOf(job, 'CLEANUP_STOP_REQUESTED')).toMatchObject([{ metadata: { by: 'ana' } }]);
    expect(await desk.lock.read(job.snapshot.lockKey)).toBeUndefined();

    expect(await desk.sexton('stop', handle.firstExecutionRunId)).toMatchObject({
      code: 1,
      stderr: `${handle.workflowId} is over: stopped; there is nothing to stop\n`,
    });
    expect(await desk.sexton('stop', handle.workflowId)).toMatchObject({
      code: 1,
      stderr: `${handle.workflowId} is over: completed\n`,
    });
  });

  it('by force without a reason is bad input: exit 2, and nobody is asked', async () => {
    const job = await desk.declare(0);
    expect(await desk.sexton('stop', job.name, '--force')).toMatchObject({
      code: 2,
      stderr: 'error: --force needs --reason: why a run that works is stopped\n',
    });
  });
});

describe('retry', () => {
  it('ends the wait of a run that waits to try again, and is refused by one that does not wait (SLA-96)', async () => {
    const job = await desk.declare(5, { settings: { ...DEFAULT_SETTINGS, backoffSeconds: [3600] } });
    failing.add(job.name);
    const handle = await desk.start(job);
    await eventually('it waits', async () => (await stateOf(handle)).state === 'waitingToRetry');
    failing.delete(job.name);
    const { code, stdout } = await desk.sexton('retry', job.name, '--by', 'ana');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${handle.workflowId}: waitingToRetry, asked by ana\n  next: tries again now\n`,
    });
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 5 });

    const { handle: slow } = await aSlowRun();
    expect(await desk.sexton('retry', slow.workflowId)).toMatchObject({
      code: 1,
      stderr: 'refused: it does not wait to retry, it is running\n',
    });
    await stopByForce(slow);
  });

  it('with no run that goes on it points to the incident', async () => {
    const job = await desk.declare(0);
    const { code, stderr } = await desk.sexton('retry', job.name);
    expect(code).toBe(1);
    expect(stderr).toContain('sexton incident retry ID');
  });
});

describe('set-batch-size', () => {
  it('reaches a running run with its next batch and later runs too, audited with old and new value (SLA-93)', async () => {
    const { job, handle } = await aSlowRun();
    const set = await desk.sexton('set-batch-size', job.name, '2', '--by', 'ana');
    expect(set).toEqual({
      code: 0,
      stdout: `${handle.workflowId}: 2 rows a batch, was 5\n  next: from its next batch on, and for later runs\n`,
      stderr: '',
    });
    const widest = async (): Promise<number> =>
      (
        await desk.db.query(
          `SELECT max(deleted) AS n FROM (SELECT deleted FROM sexton.ledger WHERE run_id = $1
             ORDER BY seq DESC LIMIT 2) newest`,
          [handle.firstExecutionRunId],
        )
      ).rows[0].n;
    await eventually('batches of two', async () => (await widest()) === 2);
    await stopByForce(handle);
    await handle.result();

    const shown = await desk.sexton('set-batch-size', job.name);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(
      new RegExp(`^${job.name}: 2 rows a batch, set by ana at \\d{4}-\\S+Z; declared: 5\n$`),
    );
    const later = await desk.start(job);
    await later.result();
    const { rows } = await desk.db.query('SELECT max(deleted) AS n FROM sexton.ledger WHERE run_id = $1', [
      later.firstExecutionRunId,
    ]);
    expect(rows[0].n).toBe(2);
    expect(await auditOf(job, 'CLEANUP_BATCH_SIZE_SET')).toMatchObject([
      { metadata: { by: 'ana', old: 5, new: 2 } },
    ]);
  });

  it('with no run that goes on it is written for later runs, and `declared` takes it back (SLA-93)', async () => {
    const job = await desk.declare(0);
    expect(await desk.sexton('set-batch-size', job.name)).toMatchObject({
      code: 0,
      stdout: `${job.name}: 5 rows a batch, as declared\n`,
    });
    const set = await desk.sexton('set-batch-size', job.id, '10000', '--by', 'ana', '--json');
    expect({ ...set, stdout: JSON.parse(set.stdout) }).toEqual({
      code: 0,
      stdout: { job: job.id, by: 'ana', batchRows: { before: 5, after: 10_000 } },
      stderr: '',
    });
    expect(JSON.parse((await desk.sexton('set-batch-size', job.name, '--json')).stdout)).toMatchObject({
      rows: 10_000,
      declared: 5,
      set: { by: 'ana' },
    });
    const back = await desk.sexton('set-batch-size', job.name, 'declared', '--by', 'ben');
    expect(back).toMatchObject({
      code: 0,
      stdout: `${job.name}: 5 rows a batch, was 10,000\n  next: no run goes on, so from the next run on\n`,
    });
    expect((await desk.sexton('set-batch-size', job.name)).stdout).toContain('as declared');
    expect(await auditOf(job, 'CLEANUP_BATCH_SIZE_SET')).toMatchObject([
      { runId: null, metadata: { by: 'ana', old: 5, new: 10_000 } },
      { runId: null, metadata: { by: 'ben', old: 10_000, new: 5 } },
    ]);
  });

  it.each(['0', '10001', '-1', '2.5', 'many', ''])('%j rows is bad input: exit 2', async (rows) => {
    const job = await desk.declare(0);
    const { code, stderr } = await desk.sexton('set-batch-size', job.name, '--', rows);
    expect(code).toBe(2);
    expect(stderr).toContain('must be a whole number from 1 to 10,000, or `declared`');
    expect(await auditOf(job, 'CLEANUP_BATCH_SIZE_SET')).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['a job that is not declared', 'cleanup_nothing', /^no job cleanup_nothing; /],
    [
      'a workflow that never was',
      manualRunWorkflowId('test-pack', 'none', 'X'),
      /^no workflow job\/test-pack\/none\/X; /,
    ],
  ])('%s is bad input: exit 2', async (_, name, words) => {
    const { code, stdout, stderr } = await desk.sexton('pause', name);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });
});

describe('a run that does not answer', () => {
  it('is told as such with exit 3, and whether it will is not claimed', async () => {
    const job = await desk.declare(0);
    const handle = await desk.bell.client.workflow.start('job', {
      taskQueue: 'nobody-serves-this',
      workflowId: manualRunWorkflowId('test-pack', job.name, 'alone'),
      args: [{ job: job.snapshot }],
    });
    const question = { workflowId: handle.workflowId, update: 'pause', event: { by: 'ana' } };
    const asked = await ask(desk.bell.client, question, 1);
    expect(asked).toEqual({
      unanswered: expect.stringContaining(
        `${handle.workflowId} did not answer within 1 s; perhaps no worker runs`,
      ),
    });
    const streams = { out: { write: () => true }, err: { write: () => true } } as never;
    expect(tell(streams, asked, { json: false, text: String })).toBe(3);
    await handle.terminate();
  });

  it('and one that could not write it down says so: exit 1, nothing changed', async () => {
    const { job, handle } = await aSlowRun();
    away.add(job.name);
    const { code, stderr } = await desk.sexton('set-batch-size', job.name, '7');
    expect(code).toBe(1);
    expect(stderr).toContain('Postgres is away');
    expect((await desk.sexton('set-batch-size', job.name)).stdout).toContain('as declared');
    await stopByForce(handle);
  });

  it('and one of before there was such a request says what it lacks, which is no refusal', async () => {
    const { handle } = await aSlowRun();
    const { workflowId } = handle;
    const asked = await ask(desk.bell.client, { workflowId, update: 'dance', event: { by: 'ana' } });
    expect(asked).toEqual({ unanswered: expect.stringMatching(/could not do it: .*dance/) });
    await stopByForce(handle);
  });
});

describe('whoever has only the `temporal` CLI', () => {
  it('pauses by update and resumes by signal, and `sexton` sees it', async () => {
    const search = {
      env: process.env,
      cache: cacheFolder(process.env),
      say: () => {},
      signal: new AbortController().signal,
    };
    const { path } = await findTemporal(search);
    const { job, handle } = await aSlowRun();
    const temporal = (...args: string[]) =>
      runCommand(
        path,
        [
          'workflow',
          ...args,
          '--workflow-id',
          handle.workflowId,
          '--address',
          temporalAddress(),
          '--namespace',
          desk.bell.client.options.namespace,
        ],
        process.env,
      );
    const input = ['--input', JSON.stringify({ by: 'ana', reason: 'by hand' })];
    const updated = await temporal('update', 'execute', '--name', 'pause', ...input, '-o', 'json');
    expect(updated).toMatchObject({ code: 0 });
    expect(JSON.stringify(JSON.parse(updated.stdout))).toContain('paused by ana: by hand');
    expect(await desk.sexton('retry', job.name)).toMatchObject({
      code: 1,
      stderr: 'refused: it does not wait to retry, it is paused\n',
    });
    await eventually('the lock is let go of', async () => !(await desk.lock.read(job.snapshot.lockKey)));
    const deleted = await shorten(job, handle);
    expect(await temporal('signal', '--name', 'resume', ...input)).toMatchObject({ code: 0 });
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted });
  });
});
