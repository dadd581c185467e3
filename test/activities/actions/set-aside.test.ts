// A row that fails by itself waits for a person and the others go, on real Postgres, whatever protects the row there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import {
  createProtected,
  KEYS,
  leftIn,
  PROTECTIONS,
  type ProtectedTable,
  queueOf,
  raising,
  resolveAll,
} from '../../support/jobs/protected-rows.ts';
import { aRun, auditOf, type BegunRun, beginRun, finishRun, homeRowOf } from '../../support/jobs/run-job.ts';
import { firstStep } from '../../support/jobs/steps.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const slice = ({ job, plan }: BegunRun, number = 1, attempt = 1): Promise<SliceResult> =>
  engine.run(engine.activities.slice, { job, plan, slice: number }, attempt);

const names = Object.keys(PROTECTIONS) as (keyof typeof PROTECTIONS)[];

/** Names of the rows with these numbers, as the queue has them. */
const namesOf = async ({ name, job }: ProtectedTable, rows: readonly number[]): Promise<string[]> => {
  const { key } = firstStep(job).selection;
  const text =
    key.length === 1 ? `${key[0]}::text` : `jsonb_build_array(${key.map((k) => `${k}::text`).join()})::text`;
  const found = await engine.db.query(
    `SELECT ${text} AS name FROM public.${name} WHERE uid = ANY($1) ORDER BY uid`,
    [rows],
  );
  return found.rows.map((row): string => row.name);
};

const pendingNames = async (job: JobSnapshot): Promise<string[]> =>
  (await queueOf(engine, job))
    .filter(({ status }) => status === 'pending')
    .map(({ resource_id }) => resource_id);

describe.each(names)('a row that is protected by %s', (protection) => {
  const { code, sql } = PROTECTIONS[protection];

  it('SLA-22: waits in the queue under its SQLSTATE, once, and does not keep any other row', async () => {
    const table = await createProtected(engine, { rows: 120, bad: [1, 37, 38, 120], sql });
    const bad = await namesOf(table, [1, 37, 38, 120]);
    const begun = await beginRun(engine, aRun(table.job));
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 116, setAside: 4 });
    expect(await leftIn(engine, table)).toEqual([1, 37, 38, 120]);
    const queue = await queueOf(engine, table.job);
    expect(queue.map(({ resource_id }) => resource_id).toSorted()).toEqual(bad.toSorted());
    for (const item of queue) {
      expect(item).toMatchObject({
        failure_mode: code,
        status: 'pending',
        run_id: begun.run.runId,
        resource_type: 'link',
      });
      expect(item.error).not.toBe('');
    }
    expect(await finishRun(engine, begun)).toMatchObject({ deleted: 116, setAside: 4, remaining: 0 });
  });
});

describe('a run that set rows aside', () => {
  it('ends with a warning that says how many, and tells both databases', async () => {
    const table = await createProtected(engine, {
      rows: 9,
      bad: [2, 5],
      sql: PROTECTIONS['a foreign key'].sql,
    });
    const begun = await beginRun(engine, aRun(table.job));
    await slice(begun);
    const result = await finishRun(engine, begun);
    const reason = '2 items failed by themselves and wait in the manual resolution queue';
    expect(result).toMatchObject({ state: 'completedWithWarnings', reason, eligible: 9, setAside: 2 });
    expect((await auditOf(engine, begun)).at(-1)).toMatchObject({
      action: 'CLEANUP_COMPLETED',
      metadata: { state: 'completedWithWarnings', records_processed: 7, set_aside: 2, remaining: 0, reason },
    });
    expect(await homeRowOf(engine, begun)).toMatchObject({
      deleted: '7',
      set_aside: '2',
      remaining: '0',
      reason,
    });
  });

  it('is followed by runs that neither touch them nor count them, and complete', async () => {
    const table = await createProtected(engine, {
      rows: 9,
      bad: [2, 5],
      sql: PROTECTIONS['a trigger that objects'].sql,
    });
    await slice(await beginRun(engine, aRun(table.job)));
    const next = await beginRun(engine, aRun({ ...table.job, lockKey: `${table.job.lockKey}/2` }));
    expect(next.plan.eligible).toBe(0);
    expect(await slice(next)).toMatchObject({ done: true, deleted: 0, setAside: 0 });
    expect(await finishRun(engine, next)).toMatchObject({ state: 'completed', remaining: 0 });
    expect(await queueOf(engine, table.job)).toHaveLength(2);
    const preview = aRun(table.job, { dryRun: true });
    expect(await engine.run(engine.activities.preview, preview)).toMatchObject({
      would_delete: 0,
      sample: [],
    });
  });

  it('is followed by one that tries them again once they are resolved, and queues anew what fails anew', async () => {
    const table = await createProtected(engine, {
      rows: 9,
      bad: [2, 5],
      sql: PROTECTIONS['a foreign key'].sql,
    });
    const [stays] = await namesOf(table, [5]);
    await slice(await beginRun(engine, aRun(table.job)));
    await resolveAll(engine, table.job);
    await engine.db.query(`DELETE FROM public.${table.name}_child WHERE uid = 2`);
    const next = await beginRun(engine, aRun({ ...table.job, lockKey: `${table.job.lockKey}/2` }));
    expect(next.plan.eligible).toBe(2);
    expect(await slice(next)).toMatchObject({ done: true, deleted: 1, setAside: 1 });
    expect(await leftIn(engine, table)).toEqual([5]);
    expect(await queueOf(engine, table.job)).toHaveLength(3);
    expect(await pendingNames(table.job)).toEqual([stays]);
  });
});

describe('a row is named and found again by its key', () => {
  it.each(Object.keys(KEYS) as (keyof typeof KEYS)[])('where that is %s', async (key) => {
    const table = await createProtected(engine, {
      rows: 60,
      bad: [3, 44],
      key,
      sql: PROTECTIONS['a foreign key'].sql,
    });
    const bad = await namesOf(table, [3, 44]);
    await slice(await beginRun(engine, aRun(table.job)));
    expect(await leftIn(engine, table)).toEqual([3, 44]);
    expect((await pendingNames(table.job)).toSorted()).toEqual(bad.toSorted());
    const next = await beginRun(engine, aRun({ ...table.job, lockKey: `${table.job.lockKey}/2` }));
    expect(await slice(next)).toMatchObject({ done: true, deleted: 0, setAside: 0 });
  });

  it.each([[['age', 'id']], [['age']]])(
    'among rows of one and the same age, ordered by %j',
    async (orderBy) => {
      const table = await createProtected(engine, {
        rows: 130,
        bad: [7, 8, 99],
        minutes: '9000 + n / 50',
        batchRows: 20,
        orderBy,
        sql: PROTECTIONS['a foreign key'].sql,
      });
      expect(await slice(await beginRun(engine, aRun(table.job)))).toMatchObject({
        done: true,
        deleted: 127,
        setAside: 3,
      });
      expect(await leftIn(engine, table)).toEqual([7, 8, 99]);
    },
  );
});

describe('more than 100 rows that fail by themselves', () => {
  it('fail the run, with nothing half done: every row gone is in the ledger, every row set aside is queued', async () => {
    const bad = Array.from({ length: 101 }, (_, n) => n * 2 + 1);
    const table = await createProtected(engine, { rows: 210, bad, sql: PROTECTIONS['a foreign key'].sql });
    const begun = await beginRun(engine, aRun(table.job));
    await expect(slice(begun)).rejects.toMatchObject({
      type: 'TOO_MANY_SET_ASIDE',
      nonRetryable: true,
      message: expect.stringMatching(
        /more than 100 items .* failed by themselves, the last with: .*violates foreign key/,
      ),
    });
    const left = await leftIn(engine, table);
    const queued = await queueOf(engine, table.job);
    const error = { code: 'TOO_MANY_SET_ASIDE', message: 'too many' };
    const result = await finishRun(engine, begun, { state: 'failed', error });
    expect(result).toMatchObject({ state: 'failed', deleted: 210 - left.length, setAside: queued.length });
    expect(queued.length).toBeLessThanOrEqual(100);
    expect(result.remaining).toBe(left.length - queued.length);
  });

  it('are too many only by the hundred-and-first: 100 are set aside and the run goes on', async () => {
    const bad = Array.from({ length: 100 }, (_, n) => n + 1);
    const table = await createProtected(engine, { rows: 120, bad, sql: PROTECTIONS['a foreign key'].sql });
    const begun = await beginRun(engine, aRun(table.job));
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 20, setAside: 100 });
  });

  it('are fewer where the job says so: `maxPoison` 2 is two, and 0 is none', async () => {
    for (const maxPoison of [2, 0]) {
      const bad = Array.from({ length: maxPoison + 1 }, (_, n) => n + 1);
      const table = await createProtected(engine, { rows: 5, bad, sql: PROTECTIONS['a foreign key'].sql });
      const few = await beginRun(engine, aRun({ ...table.job, maxPoison }));
      await expect(slice(few)).rejects.toMatchObject({
        type: 'TOO_MANY_SET_ASIDE',
        message: expect.stringContaining(`more than ${maxPoison} items`),
      });
      await finishRun(engine, few, { state: 'stopped' });
      const enough = await beginRun(engine, aRun({ ...table.job, maxPoison: maxPoison + 1 }));
      expect(await slice(enough)).toMatchObject({ done: true, setAside: maxPoison + 1 });
    }
  });

  it('are counted over all slices and attempts of the run', async () => {
    const bad = Array.from({ length: 101 }, (_, n) => n + 1);
    const table = await createProtected(engine, { rows: 101, bad, sql: PROTECTIONS['a foreign key'].sql });
    await engine.db.query(`UPDATE public.${table.name} SET age = sexton.now() WHERE uid > 60`);
    const begun = await beginRun(engine, aRun(table.job));
    expect(await slice(begun)).toMatchObject({ done: true, setAside: 60 });
    await engine.db.query(`UPDATE public.${table.name} SET age = sexton.now() - interval '3 days'`);
    await expect(slice(begun, 2, 2)).rejects.toMatchObject({ type: 'TOO_MANY_SET_ASIDE' });
  });
});

describe('what is not a row’s fault', () => {
  it.each(['40001', '57014', '53100', '42501', 'XX000'])(
    'fails the batch with %s, so that the run waits and tries again, and sets nothing aside',
    async (code) => {
      const table = await createProtected(engine, { rows: 40, bad: [25], batchRows: 10, sql: raising(code) });
      const begun = await beginRun(engine, aRun(table.job));
      await expect(slice(begun)).rejects.toMatchObject({ type: 'BATCH_FAILED', details: [{ code }] });
      expect(await queueOf(engine, table.job)).toEqual([]);
      await engine.db.query(`DROP TRIGGER guard ON public.${table.name}`);
      expect(await slice(begun, 2)).toMatchObject({ done: true, deleted: 40, setAside: 0 });
    },
  );

  it('is a row that another holds: it is counted as locked and left, also while rows are taken one by one', async () => {
    const table = await createProtected(engine, {
      rows: 12,
      bad: [2],
      sql: PROTECTIONS['a foreign key'].sql,
    });
    const begun = await beginRun(engine, aRun(table.job));
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; SELECT 1 FROM public.${table.name} WHERE uid = 9 FOR UPDATE`);
      expect(await slice(begun)).toMatchObject({ done: true, deleted: 10, setAside: 1, locked: 1 });
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
    expect(await slice(begun, 2)).toMatchObject({ done: true, deleted: 11, setAside: 1, locked: 0 });
  });
});
