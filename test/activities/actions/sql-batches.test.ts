// A statement of the pack for each batch, on real Postgres: every row is handed to it once, with its lock held, whatever the
// statement leaves of it and whenever a worker dies.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { Selection } from '../../../src/domain/jobs/step.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { queueOf } from '../../support/jobs/protected-rows.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';
import { aJobOf, oldRowsOf } from '../../support/jobs/steps.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

interface Table {
  readonly name: string;
  readonly jobWith: (sql: string, change?: Partial<Selection>) => JobSnapshot;
}

/** Old rows 1 to `rows`, each touched `n` times so far, and one young one. */
const createTable = async (rows: number): Promise<Table> => {
  const name = unique('person');
  await engine.db.query(`
    CREATE TABLE public.${name} (id int PRIMARY KEY, tenant text NOT NULL, at timestamptz, n int NOT NULL DEFAULT 0, seen text);
    CREATE INDEX ON public.${name} (at, id);
    INSERT INTO public.${name} (id, tenant, at) SELECT n, 't' || n % 2, sexton.now() - make_interval(days => 2, mins => n)
    FROM generate_series(1, ${rows}) n;
    INSERT INTO public.${name} VALUES (1000, 't0', sexton.now())`);
  return {
    name,
    jobWith: (sql, change) =>
      aJobOf([
        {
          name: 'touch',
          action: 'sql-batches',
          batchRows: 5,
          selection: oldRowsOf(name, change),
          sql: sql.replaceAll('%t', `public.${name}`),
        },
      ]),
  };
};

const slice = ({ job, plan }: BegunRun, number = 1, attempt = 1): Promise<SliceResult> =>
  engine.run(engine.activities.slice, { job, plan, slice: number }, attempt);

const timesTouched = async ({ name }: Table): Promise<Record<string, number>> => {
  const { rows } = await engine.db.query(
    `SELECT n, count(*)::int AS rows FROM public.${name} GROUP BY n ORDER BY n`,
  );
  return Object.fromEntries(rows.map(({ n, rows: count }) => [n, count]));
};

const TOUCH = 'UPDATE %t SET n = n + 1 WHERE id = ANY($1)';

describe('a statement over the batches of a selection', () => {
  it('is handed each row once, though all of them match as before, and the run ends without a remainder', async () => {
    const table = await createTable(12);
    const begun = await beginRun(engine, aRun(table.jobWith(TOUCH)));
    expect(begun.plan.strategy).toBe('age-index-windows');
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 12, setAside: 0 });
    expect(await timesTouched(table)).toEqual({ 0: 1, 1: 12 });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', deleted: 12, remaining: 0 });
  });

  it('gets the keys of several columns as arrays in the same order, and knows cutoff and run', async () => {
    const table = await createTable(7);
    const sql = `UPDATE %t p SET n = n + 1, seen = current_setting('sexton.run_id') || ' ' || current_setting('sexton.cutoff')
      FROM unnest($1::text[], $2::int[]) k(tenant, id) WHERE p.tenant = k.tenant AND p.id = k.id`;
    const job = table.jobWith(sql, { key: ['tenant', 'id'] });
    const begun = await beginRun(engine, aRun(job));
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 7 });
    expect(await timesTouched(table)).toEqual({ 0: 1, 1: 7 });
    const { rows } = await engine.db.query(`SELECT DISTINCT seen FROM public.${table.name} WHERE n = 1`);
    expect(rows).toEqual([{ seen: `${begun.run.runId} ${begun.plan.cutoff}` }]);
  });

  it('sets aside the row that it fails on and is done with the others', async () => {
    const table = await createTable(12);
    const job = table.jobWith('UPDATE %t SET n = 1 / (id - 4) * 0 + 1 WHERE id = ANY($1)');
    const begun = await beginRun(engine, aRun(job));
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 11, setAside: 1 });
    expect(await timesTouched(table)).toEqual({ 0: 2, 1: 11 });
    expect(await queueOf(engine, job)).toMatchObject([{ resource_id: '4', failure_mode: '22012' }]);
    expect(await finishRun(engine, begun)).toMatchObject({
      state: 'completedWithWarnings',
      remaining: 0,
      setAside: 1,
    });
  });

  it('leaves out a row that another transaction keeps holding, also where it would only read it, and says so', async () => {
    const table = await createTable(4);
    const log = `public.${table.name}_log`;
    await engine.db.query(`CREATE TABLE ${log} (id int)`);
    const sql = `INSERT INTO ${log} SELECT id FROM %t WHERE id = ANY($1)`;
    const begun = await beginRun(engine, aRun(table.jobWith(sql)));
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; SELECT 1 FROM public.${table.name} WHERE id = 2 FOR UPDATE`);
      expect(await slice(begun)).toMatchObject({ done: true, deleted: 3, locked: 1 });
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
    expect((await engine.db.query(`SELECT id FROM ${log} ORDER BY id`)).rows).toEqual([
      { id: 1 },
      { id: 3 },
      { id: 4 },
    ]);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completedWithWarnings', remaining: 1 });
  });

  it('changes each row once, at whatever step a worker dies', async () => {
    const deaths: string[] = [];
    for (;;) {
      const table = await createTable(3);
      const begun = await beginRun(engine, aRun(table.jobWith(TOUCH)));
      const { job, plan } = begun;
      const { dependencies, died } = dyingAt(engine.dependencies, deaths.length + 1);
      const dying = createCleanupActivities(dependencies);
      await engine.run(dying.slice, { job, plan, slice: 1 }).catch(() => {});
      const death = died();
      if (death === undefined) break;
      deaths.push(death);
      expect(await slice(begun, 1, 2)).toMatchObject({ done: true, deleted: 3 });
      expect([death, await timesTouched(table)]).toEqual([death, { 0: 1, 1: 3 }]);
    }
    expect(deaths.join('\n')).toMatch(/before UPDATE[\s\S]*before COMMIT[\s\S]*after COMMIT/);
  });
});

describe('a statement is refused before it runs', () => {
  it.each([
    ['names a column that is not there', 'UPDATE %t SET gone = 1 WHERE id = ANY($1)', 'column "gone"'],
    ['is not SQL', 'UPDATE %t SET WHERE id = ANY($1)', 'syntax error'],
    [
      'wants more keys than there are',
      'UPDATE %t SET n = $2 WHERE id = ANY($1)',
      'it must use each of its parameters',
    ],
    ['is two', `${TOUCH}; DELETE FROM %t`, 'cannot insert multiple commands'],
  ])('that %s', async (_, sql, words) => {
    const table = await createTable(2);
    await expect(beginRun(engine, aRun(table.jobWith(sql)))).rejects.toMatchObject({
      type: 'PREFLIGHT_REFUSED',
      message: expect.stringContaining(words),
    });
    expect(await timesTouched(table)).toEqual({ 0: 3 });
  });
});
