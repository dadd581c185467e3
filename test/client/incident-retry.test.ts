// `sexton incident retry`: the run that makes good for a failed one, asked for from the command line.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SliceInput } from '../../src/activities/slice/slice.ts';
import { registerIncident } from '../../src/client/commands/incident.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import { retryRunWorkflowId } from '../../src/domain/ids.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { aReport } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { unique } from '../support/stack.ts';

/** Jobs whose slices fail. */
const failing = new Set<string>();

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerIncident], (all) => ({
    ...all,
    slice: (input: SliceInput) => {
      if (!failing.has(input.job.name)) return all.slice(input);
      throw ApplicationFailure.nonRetryable('the disk is full', FAILURE_TYPES.batchFailed);
    },
  }));
});
afterAll(() => desk.close());

/** Number of an incident about a run, or about none. */
const incidentOf = async (runId?: string): Promise<string> => {
  const report = aReport(aRule({ name: unique('rule') }), 'warning');
  const { firing } = report;
  if (!firing) throw new Error('the report fires nothing');
  const payload = { ...firing.payload, ...(runId && { run_id: runId }) };
  const found = await desk.bell.observe({ ...report, firing: { ...firing, payload } });
  return String(found?.number);
};

const aFailedRun = async () => {
  const job = await desk.declare(5, { settings: { ...DEFAULT_SETTINGS, backoffSeconds: [] } });
  failing.add(job.name);
  const handle = await desk.start(job);
  await expect(handle.result()).rejects.toThrow();
  failing.delete(job.name);
  return { job, runId: handle.firstExecutionRunId };
};

const cutoffOf = async (column: 'run_id' | 'workflow_id', value: string) =>
  (await desk.db.query(`SELECT cutoff::text FROM sexton.run WHERE ${column} = $1`, [value])).rows[0]?.cutoff;

describe('incident retry', () => {
  it('starts one run for the failed one, names it, and names the same one when asked again', async () => {
    const { job, runId } = await aFailedRun();
    const number = await incidentOf(runId);
    const run = retryRunWorkflowId(runId);
    const { code, stdout, stderr } = await desk.sexton('incident', 'retry', number, '--by', 'ana');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`failed run started again by ana\n  run: ${run}\n`);
    const result = await desk.bell.client.workflow.getHandle(run).result();
    expect(result).toMatchObject({ state: 'completed', deleted: 5 });
    expect(await desk.rowsOf(job)).toBe(0);
    expect(await cutoffOf('workflow_id', run)).not.toBe(await cutoffOf('run_id', runId));
    const again = await desk.sexton('incident', 'retry', number, '--by', 'ben', '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ by: 'ben', run });
  });

  it('with --keep-cutoff takes the failed run’s own cutoff', async () => {
    const { runId } = await aFailedRun();
    const { code } = await desk.sexton('incident', 'retry', await incidentOf(runId), '--keep-cutoff');
    expect(code).toBe(0);
    const run = retryRunWorkflowId(runId);
    await desk.bell.client.workflow.getHandle(run).result();
    expect(await cutoffOf('workflow_id', run)).toBe(await cutoffOf('run_id', runId));
  });

  it('is refused with the reason and exit 1 where the incident is about no run', async () => {
    expect(await desk.sexton('incident', 'retry', await incidentOf())).toEqual({
      code: 1,
      stdout: '',
      stderr: 'refused: the incident is about no run\n',
    });
  });

  it('of no incident is bad input: exit 2', async () => {
    const { code, stderr } = await desk.sexton('incident', 'retry', '999999');
    expect(code).toBe(2);
    expect(stderr).toContain('no incident 999999');
  });
});
