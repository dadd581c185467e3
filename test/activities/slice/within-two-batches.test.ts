// How soon a takeover and a pause hold while the one before is at work, measured by the ledger: batches here take a tenth
// of a second each, so that those that come too late can be counted.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { aRun, type BegunRun, beginRun } from '../../support/jobs/run-job.ts';
import {
  createWalked,
  ledgerOf,
  leftIn,
  onDelete,
  sumOf,
  type WalkedTable,
} from '../../support/jobs/walked-table.ts';
import { redisUrl } from '../../support/stack.ts';

const MOST_LATE = 2;

let engine: Engine;
let redis: Redis;
let table: WalkedTable;
let begun: BegunRun;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  table = await createWalked(engine, { strategy: 'age-index-windows', rows: 120, batchRows: 5 });
  await engine.db.query(onDelete(table.name, 'PERFORM pg_sleep(0.02);'));
  begun = await beginRun(engine, aRun(table.job));
});

const slice = (number: number, attempt: number) => {
  const { job, plan } = begun;
  return engine.run(engine.activities.slice, { job, plan, slice: number }, attempt).then(
    () => 'done',
    (error: { type?: string }) => error.type,
  );
};

const batchesOf = async (runId: string): Promise<number> => (await ledgerOf(engine, runId)).length;

/** The first attempt at a slice, once it has committed a few batches. */
const atWork = async (): Promise<{ readonly ended: Promise<string | undefined> }> => {
  const ended = slice(1, 1);
  await eventually('it is at work', async () => (await batchesOf(begun.plan.runId)) > 2);
  return { ended };
};

it('a later attempt of the same slice is in within two batches of the one before, which deletes nothing more', async () => {
  const { ended } = await atWork();
  const before = await batchesOf(begun.plan.runId);
  const second = slice(1, 2);
  expect(await ended).toBe('SUPERSEDED');
  const { rows } = await engine.db.query(
    'SELECT count(*)::int AS n FROM sexton.ledger WHERE run_id = $1 AND attempt = 1',
    [begun.plan.runId],
  );
  expect(rows[0].n - before).toBeLessThanOrEqual(MOST_LATE);
  expect(await second).toBe('done');
  expect(await leftIn(engine, table)).toEqual([]);
});

it('another run that takes the lock over is alone within two batches of the one before', async () => {
  const { ended } = await atWork();
  const { runId } = begun.plan;
  const heir = aRun(table.job);
  const { workflowId } = heir.run;
  const owner = { workflowId, firstRunId: heir.run.runId, since: '', token: 'taken over' };
  const before = await batchesOf(runId);
  await redis.set(table.job.lockKey, JSON.stringify(owner));
  const { plan } = await beginRun(engine, heir);
  const atBegin = await batchesOf(runId);
  expect(await ended).toMatch(/^(LOCK_TAKEN|SUPERSEDED)$/);
  expect(await batchesOf(runId)).toBe(atBegin);
  expect(atBegin - before).toBeLessThanOrEqual(MOST_LATE);
  const { job } = heir;
  await engine.run(engine.activities.slice, { job, plan, slice: 1 });
  const both = [...(await ledgerOf(engine, runId)), ...(await ledgerOf(engine, plan.runId))];
  expect(sumOf(both, 'deleted')).toBe(120);
  expect(await leftIn(engine, table)).toEqual([]);
});

it('a pause holds within two batches of its being written', async () => {
  const { ended } = await atWork();
  const { job, plan } = begun;
  const { pack, name, resourceType, lockKey } = job;
  const run = { pack, job: name, database: 'app', resourceType, lockKey, runId: plan.runId };
  await engine.run(engine.activities.holdRun, { run, hold: { kind: 'pause', by: 'ana' }, force: false });
  const before = await batchesOf(plan.runId);
  expect(await ended).toBe('done');
  expect((await batchesOf(plan.runId)) - before).toBeLessThanOrEqual(MOST_LATE);
  expect((await leftIn(engine, table)).length).toBeGreaterThan(0);
});
