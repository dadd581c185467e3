// What an operator sets the batch size to, from the command line: in force with a run's next batch and for later runs, told
// with old and new, and refused where it is none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerBatchSize } from '../../src/client/commands/batch-size.ts';
import { registerControls } from '../../src/client/commands/control.ts';
import { eventually } from '../support/eventually.ts';
import { aSlowRun, auditOfJob, shorten, stopByForce } from '../support/jobs/slow-runs.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerControls, registerBatchSize]);
});
afterAll(() => desk.close());

describe('set-batch-size', () => {
  it('reaches a running run with its next batch and later runs too, audited with old and new value (SLA-93)', async () => {
    const { job, handle } = await aSlowRun(desk);
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
    await stopByForce(desk, handle);
    await handle.result();

    const shown = await desk.sexton('set-batch-size', job.name);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(
      new RegExp(`^${job.name}: 2 rows a batch, set by ana at \\d{4}-\\S+Z; declared: 5\n$`),
    );
    await shorten(desk, job, handle);
    const later = await desk.start(job);
    await later.result();
    const { rows } = await desk.db.query('SELECT max(deleted) AS n FROM sexton.ledger WHERE run_id = $1', [
      later.firstExecutionRunId,
    ]);
    expect(rows[0].n).toBe(2);
    expect(await auditOfJob(desk, job, 'CLEANUP_BATCH_SIZE_SET')).toMatchObject([
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
    expect(await auditOfJob(desk, job, 'CLEANUP_BATCH_SIZE_SET')).toMatchObject([
      { runId: null, metadata: { by: 'ana', old: 5, new: 10_000 } },
      { runId: null, metadata: { by: 'ben', old: 10_000, new: 5 } },
    ]);
  });

  it.each(['0', '10001', '-1', '2.5', 'many', ''])('%j rows is bad input: exit 2', async (rows) => {
    const job = await desk.declare(0);
    const { code, stderr } = await desk.sexton('set-batch-size', job.name, '--', rows);
    expect(code).toBe(2);
    expect(stderr).toContain('must be a whole number from 1 to 10,000, or `declared`');
    expect(await auditOfJob(desk, job, 'CLEANUP_BATCH_SIZE_SET')).toEqual([]);
  });
});
