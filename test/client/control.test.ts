// What an operator does to a run from the command line: real runs, real answers, and the exit code of each.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SliceInput } from '../../src/activities/slice/slice.ts';
import { registerControls } from '../../src/client/commands/control.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import { manualRunWorkflowId } from '../../src/domain/ids.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { eventually } from '../support/eventually.ts';
import {
  aSlowRun,
  auditOfJob,
  lockIsFree,
  ROWS,
  shorten,
  stateOf,
  stopByForce,
} from '../support/jobs/slow-runs.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';

/** Jobs whose slices fail until they are taken out. */
const failing = new Set<string>();

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerControls], (all) => ({
    ...all,
    slice: (input: SliceInput) => {
      if (!failing.has(input.job.name)) return all.slice(input);
      throw ApplicationFailure.nonRetryable('the disk is full', FAILURE_TYPES.batchFailed);
    },
  }));
});
afterAll(() => desk.close());

describe('pause and resume', () => {
  it('pause by the job’s name holds the run that goes on and says who and why, resume by its run id lets it end (SLA-96)', async () => {
    const { job, handle } = await aSlowRun(desk);
    const paused = await desk.sexton('pause', job.name, '--by', 'ana', '--reason', 'the table is locked');
    expect(paused).toEqual({
      code: 0,
      stdout:
        `${handle.workflowId}: paused, asked by ana\n` +
        '  next: paused by ana: the table is locked; no further batch begins until it is resumed\n',
      stderr: '',
    });
    expect(await auditOfJob(desk, job, 'CLEANUP_PAUSED')).toMatchObject([
      { runId: handle.firstExecutionRunId, metadata: { by: 'ana', reason: 'the table is locked' } },
    ]);
    await lockIsFree(desk, job);
    expect(await stateOf(handle)).toMatchObject({ state: 'paused', hold: { kind: 'pause', by: 'ana' } });
    const deleted = await shorten(desk, job, handle);

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
    const { handle } = await aSlowRun(desk);
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
    await stopByForce(desk, handle);
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
    const { job, handle: first } = await aSlowRun(desk);
    await desk.sexton('pause', job.name);
    await lockIsFree(desk, job);
    const second = await desk.start(job, { rowsPerSecond: 20 });
    await eventually('the second has begun', async () => (await stateOf(second)).startedAt);
    const { code, stdout, stderr } = await desk.sexton('pause', job.name);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`2 runs of ${job.name} go on`);
    expect(stderr).toContain(`  sexton pause ${first.workflowId}\n`);
    expect(stderr).toContain(`  sexton pause ${second.workflowId}\n`);
    expect((await stateOf(second)).state).toBe('running');
    await Promise.all([stopByForce(desk, first), stopByForce(desk, second)]);
  });
});

describe('stop', () => {
  it('is refused with the instant of the last progress while that is fresh, and does it by force with a reason (SLA-95)', async () => {
    const { job, handle } = await aSlowRun(desk);
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
    expect(await auditOfJob(desk, job, 'CLEANUP_STOPPED')).toHaveLength(1);
    expect(await auditOfJob(desk, job, 'CLEANUP_STOP_REQUESTED')).toMatchObject([
      { metadata: { by: 'ana' } },
    ]);
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

    const { handle: slow } = await aSlowRun(desk);
    expect(await desk.sexton('retry', slow.workflowId)).toMatchObject({
      code: 1,
      stderr: 'refused: it does not wait to retry, it is running\n',
    });
    await stopByForce(desk, slow);
  });

  it('with no run that goes on it points to the incident', async () => {
    const job = await desk.declare(0);
    const { code, stderr } = await desk.sexton('retry', job.name);
    expect(code).toBe(1);
    expect(stderr).toContain('sexton incident retry ID');
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
