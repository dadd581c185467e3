// A run that a person holds, and files that leave a store, with their workers killed: what was asked stays in force,
// and every file goes once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunAnswer } from '../../src/domain/jobs/control.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { eventually } from '../support/eventually.ts';
import {
  type House,
  ledgerSum,
  openHouse,
  untilDeleted,
  type WorkerProcess,
} from '../support/programs/house.ts';

/** A worker needs seconds to start, and on a busy machine many of them. */
const PATIENT = 240_000;

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
});

const worker = (): WorkerProcess => {
  const started = house.worker();
  workers.push(started);
  return started;
};

const count = async (sql: string): Promise<number> =>
  (await house.target.query(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0].n;

describe('a paused run', () => {
  it('stays paused when its worker is killed, and another worker lets it go on, with exact counts', {
    timeout: PATIENT,
  }, async () => {
    await house.seed();
    const first = worker();
    const handle = await house.start(house.job('cleanup_magic_links'), 6_000);
    await untilDeleted(house.target, handle.firstExecutionRunId, 5_000);
    const ask = (update: string): Promise<RunAnswer> =>
      handle.executeUpdate<RunAnswer, [object]>(update, { args: [{ by: 'ana' }] });
    await ask('pause');
    first.kill('SIGKILL');
    worker();
    // A slice that died in its last batch is taken up by the new worker, which finds the hold and lets go of the lock.
    await eventually(
      'the lock is let go of',
      async () => (await house.redis.get('lock:cleanup:cleanup_magic_links')) === null,
      { withinMs: 120_000 },
    );
    const held = await ledgerSum(house.target, handle.firstExecutionRunId);
    expect(held).toBeLessThan(30_000);
    expect((await handle.query<JobState>('state')).state).toBe('paused');
    expect(await count('magic_link_tokens')).toBe(120_000 - held);

    await ask('resume');
    const result: RunResult = await handle.result();
    expect(result).toMatchObject({ state: 'completed', deleted: 30_000, remaining: 0 });
    expect(await count('magic_link_tokens')).toBe(90_000);
    expect(await ledgerSum(house.target, result.runId)).toBe(30_000);
  });
});

describe('a run over files in a store', () => {
  it('whose workers are killed again and again deletes each due file, no other, and counts each once', {
    timeout: PATIENT,
  }, async () => {
    await house.seedAll();
    const files = new Set(house.blob.paths());
    const { rows } = await house.target.query(
      `SELECT pdf_blob_path AS path FROM meal_plans WHERE pdf_generated_at < sexton.now() - interval '90 days'`,
    );
    const due = rows.map((row): string => row.path);
    expect([files.size, due.length]).toEqual([20_000, 2_500]);
    // Slow enough that each worker dies in the middle, at a call or between two.
    house.blob.slow(30);
    let current = worker();
    const handle = await house.start(house.job('cleanup_pdfs'));
    for (const least of [300, 900, 1_500]) {
      await untilDeleted(house.target, handle.firstExecutionRunId, least);
      current.kill('SIGKILL');
      current = worker();
    }
    const result: RunResult = await handle.result();
    expect(result).toMatchObject({ state: 'completed', deleted: 2_500, objects: 2_500, remaining: 0 });
    const left = new Set(house.blob.paths());
    expect(due.filter((path) => left.has(path))).toEqual([]);
    expect(left.size).toBe(17_500);
    expect(await count('sexton.tombstone')).toBe(0);
    expect(await count('meal_plans WHERE pdf_deleted_at IS NOT NULL AND pdf_blob_path IS NULL')).toBe(2_500);
    expect(await count('meal_plans WHERE pdf_blob_path IS NOT NULL')).toBe(17_500);
  });
});
