// A worker that is told to end (SIGTERM: a deployment, a node that is drained) ends at a batch's edge, and the run
// goes on elsewhere without a failure and without a row counted twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import { eventually } from '../support/eventually.ts';
import { type House, ledgerSum, openHouse, untilDeleted } from '../support/programs/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await house.seed();
});
afterAll(() => house.close());

describe('SIGTERM to `sexton worker` in the middle of a run', () => {
  it('lets it finish its batch and end with exit code 0, and another worker goes on with exact counts', async () => {
    const first = house.worker();
    const handle = await house.start(house.job('cleanup_magic_links'), 3_000);
    const runId = handle.firstExecutionRunId;
    await untilDeleted(house.target, runId, 3_000);
    first.kill('SIGTERM');
    await eventually(
      'the worker has ended',
      () => first.child.exitCode !== null || first.child.signalCode !== null,
      {
        withinMs: 25_000,
      },
    );
    expect({ code: first.child.exitCode, signal: first.child.signalCode }).toEqual({ code: 0, signal: null });
    const before = await ledgerSum(house.target, runId);
    expect(before).toBeLessThan(30_000);
    expect((await handle.describe()).status.name).toBe('RUNNING');

    house.worker();
    const result: RunResult = await handle.result();
    expect(result).toMatchObject({ state: 'completed', eligible: 30_000, deleted: 30_000, remaining: 0 });
    expect(await ledgerSum(house.target, runId)).toBe(30_000);
    const { rows } = await house.target.query(
      `SELECT (SELECT count(*)::int FROM magic_link_tokens) AS left,
         (SELECT max(attempt) FROM sexton.ledger WHERE run_id = $1) AS attempts`,
      [runId],
    );
    // Not one attempt was lost: the first worker gave its slice back as done so far.
    expect(rows).toEqual([{ left: 90_000, attempts: 1 }]);
  });
});
