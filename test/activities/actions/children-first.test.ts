// Rows without an age of their own leave with the rows that they refer to, on real Postgres: which ones, in batches however
// many one parent has, and exactly once whenever a worker dies.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { Parents, StepSnapshot } from '../../../src/domain/jobs/step.ts';
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

interface Family {
  readonly name: string;
  readonly children: (change?: { readonly where?: string; readonly of?: Partial<Parents> }) => StepSnapshot;
  readonly parents: () => StepSnapshot;
}

/**
 * Orders 1 to 6, of which 5 and 6 are young, and lines of each; order 2 has forty. Both tables have columns of the same names,
 * and ages of orders tie.
 */
const createFamily = async (): Promise<Family> => {
  const name = unique('orders');
  await engine.db.query(`
    CREATE TABLE public.${name} (id int PRIMARY KEY, at timestamptz, state text DEFAULT 'open');
    CREATE INDEX ON public.${name} (at, id);
    CREATE TABLE public.${name}_line (id serial PRIMARY KEY, order_id int REFERENCES public.${name}, state text, at timestamptz DEFAULT sexton.now());
    CREATE INDEX ON public.${name}_line (order_id);
    INSERT INTO public.${name} SELECT n, sexton.now() - make_interval(days => CASE WHEN n < 5 THEN 3 ELSE 0 END) FROM generate_series(1, 6) n;
    INSERT INTO public.${name}_line (order_id, state) SELECT o, 'line' FROM generate_series(1, 6) o, generate_series(1, CASE o WHEN 2 THEN 40 ELSE 3 END) n
      ORDER BY random();
    INSERT INTO public.${name}_line (order_id, state) VALUES (NULL, 'of nobody')`);
  const of: Parents = { schema: 'public', table: name, key: ['id'], by: ['order_id'], orderBy: ['at', 'id'] };
  return {
    name,
    children: ({ where, of: other } = {}) => ({
      name: 'lines',
      action: 'delete',
      batchRows: 7,
      selection: oldRowsOf(`${name}_line`, {
        age: { column: 'at', olderThanSeconds: 86_400, of: { ...of, ...other } },
        orderBy: ['id'],
        ...(where && { where }),
      }),
    }),
    parents: () => ({ name: 'orders', action: 'delete', batchRows: 7, selection: oldRowsOf(name) }),
  };
};

const sliceStep = (
  { job, plan }: BegunRun,
  step: string,
  number: number,
  attempt = 1,
): Promise<SliceResult> => engine.run(engine.activities.slice, { job, plan, slice: number, step }, attempt);

const linesOf = async ({ name }: Family): Promise<Record<string, number>> => {
  const { rows } = await engine.db.query(
    `SELECT coalesce(order_id, 0) AS o, count(*)::int AS n FROM public.${name}_line GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ o, n }) => [o, n]));
};

const begin = (job: JobSnapshot): Promise<BegunRun> => beginRun(engine, aRun(job));

const YOUNG = { 0: 1, 5: 3, 6: 3 };

describe('rows that are as old as those they refer to', () => {
  it('leave before them, no batch above its size, and no row of a young one or of nobody', async () => {
    const family = await createFamily();
    const begun = await begin(aJobOf([family.children(), family.parents()]));
    expect(begun.plan).toMatchObject({
      eligible: 53,
      steps: { lines: { eligible: 49 }, orders: { eligible: 4 } },
    });
    expect(await sliceStep(begun, 'lines', 1)).toMatchObject({ done: true, deleted: 49 });
    expect(await linesOf(family)).toEqual(YOUNG);
    const { rows } = await engine.db.query(
      'SELECT max(deleted) AS most FROM sexton.ledger WHERE run_id = $1',
      [begun.run.runId],
    );
    expect(rows[0].most).toBe(7);
    expect(await sliceStep(begun, 'orders', 2)).toMatchObject({ done: true, deleted: 53 });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', deleted: 53, remaining: 0 });
  });

  it('go by the condition on each of the two tables, also where both have a column of that name', async () => {
    const family = await createFamily();
    await engine.db.query(`UPDATE public.${family.name} SET state = 'closed' WHERE id IN (1, 2, 6)`);
    await engine.db.query(
      `UPDATE public.${family.name}_line SET state = 'kept' WHERE order_id = 1 AND id % 2 = 0`,
    );
    const kept = (
      await engine.db.query(`SELECT count(*)::int AS n FROM public.${family.name}_line WHERE state = 'kept'`)
    ).rows[0].n;
    const step = family.children({ where: "state = 'line'", of: { where: "state = 'closed'" } });
    const begun = await begin(aJobOf([step]));
    expect(await sliceStep(begun, 'lines', 1)).toMatchObject({ done: true, deleted: 43 - kept });
    expect(await linesOf(family)).toEqual({ ...YOUNG, ...(kept > 0 && { 1: kept }), 3: 3, 4: 3 });
  });

  it('are left where they are locked, and set aside where they fail', async () => {
    const family = await createFamily();
    const { name } = family;
    await engine.db.query(`
      CREATE FUNCTION public.${name}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF OLD.order_id = 3 THEN RAISE EXCEPTION 'sealed'; END IF; RETURN OLD; END $$;
      CREATE TRIGGER guard BEFORE DELETE ON public.${name}_line FOR EACH ROW EXECUTE FUNCTION public.${name}_guard()`);
    const job = aJobOf([family.children()]);
    const begun = await begin(job);
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; SELECT 1 FROM public.${name}_line WHERE order_id = 4 LIMIT 1 FOR UPDATE`);
      expect(await sliceStep(begun, 'lines', 1)).toMatchObject({
        done: true,
        deleted: 45,
        setAside: 3,
        locked: 1,
      });
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
    expect(await linesOf(family)).toEqual({ ...YOUNG, 3: 3, 4: 1 });
    expect((await queueOf(engine, job)).map(({ failure_mode }) => failure_mode)).toEqual([
      'P0001',
      'P0001',
      'P0001',
    ]);
    expect(await finishRun(engine, begun)).toMatchObject({ remaining: 1 });
  });

  it('leave once each, at whatever step of the first batches a worker dies', async () => {
    const family = await createFamily();
    const begun = await begin(aJobOf([family.children()]));
    const { job, plan } = begun;
    for (let place = 1; place <= 14; place += 1) {
      const { dependencies } = dyingAt(engine.dependencies, place);
      await engine
        .run(createCleanupActivities(dependencies).slice, { job, plan, slice: place })
        .catch(() => {});
    }
    expect(await sliceStep(begun, 'lines', 99)).toMatchObject({ done: true, deleted: 49 });
    expect(await linesOf(family)).toEqual(YOUNG);
  });

  it('are refused where the other table, its age or a column of it is missing', async () => {
    const family = await createFamily();
    const refused = async (of: Partial<Parents>): Promise<unknown> =>
      begin(aJobOf([family.children({ of })])).catch((error: unknown) => error);
    const words = [
      [{ table: 'nowhere' }, 'table "public"."nowhere" does not exist'],
      [{ key: ['gone'] }, 'has no column gone'],
      [{ orderBy: ['at', 'state'] }, 'cannot be walked through in the order of state, which may be NULL'],
      [{ key: ['state'] }, 'cannot be asked for: operator does not exist'],
      [{ where: 'random() < 0.5' }, 'calls random, whose answer may change within a run'],
    ] as const;
    for (const [of, message] of words) {
      expect(await refused(of)).toMatchObject({
        type: 'PREFLIGHT_REFUSED',
        message: expect.stringContaining(message),
      });
    }
  });
});
