// Requests to a run as Temporal carries them: one that nobody answers, that fails or that the run does not know, and those
// of the `temporal` CLI.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchSizeInput } from '../../src/activities/job/control.ts';
import { ask } from '../../src/client/ask.ts';
import { registerBatchSize } from '../../src/client/commands/batch-size.ts';
import { registerControls } from '../../src/client/commands/control.ts';
import { tell } from '../../src/client/tell.ts';
import { manualRunWorkflowId } from '../../src/domain/ids.ts';
import { cacheFolder } from '../../src/local/cache.ts';
import { findTemporal } from '../../src/local/programs/find-temporal.ts';
import { aSlowRun, lockIsFree, shorten, stopByForce } from '../support/jobs/slow-runs.ts';
import { runCommand } from '../support/programs/command.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { temporalAddress } from '../support/stack.ts';

/** Jobs whose batch size cannot be written. */
const away = new Set<string>();

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerControls, registerBatchSize], (all) => ({
    ...all,
    setBatchSize: (input: BatchSizeInput) => {
      if (!away.has(input.run.job)) return all.setBatchSize(input);
      throw ApplicationFailure.nonRetryable('Postgres is away', 'AWAY');
    },
  }));
});
afterAll(() => desk.close());

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
    const { job, handle } = await aSlowRun(desk);
    away.add(job.name);
    const { code, stderr } = await desk.sexton('set-batch-size', job.name, '7');
    expect(code).toBe(1);
    expect(stderr).toContain('Postgres is away');
    expect((await desk.sexton('set-batch-size', job.name)).stdout).toContain('as declared');
    await stopByForce(desk, handle);
  });

  it('and one of before there was such a request says what it lacks, which is no refusal', async () => {
    const { handle } = await aSlowRun(desk);
    const { workflowId } = handle;
    const asked = await ask(desk.bell.client, { workflowId, update: 'dance', event: { by: 'ana' } });
    expect(asked).toEqual({ unanswered: expect.stringMatching(/could not do it: .*dance/) });
    await stopByForce(desk, handle);
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
    const { job, handle } = await aSlowRun(desk);
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
    await lockIsFree(desk, job);
    const deleted = await shorten(desk, job, handle);
    expect(await temporal('signal', '--name', 'resume', ...input)).toMatchObject({ code: 0 });
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted });
  });
});
