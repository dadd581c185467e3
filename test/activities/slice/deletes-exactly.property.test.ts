// Whatever the table looks like, wherever a worker dies and whatever others do to the rows meanwhile: each row that
// was due throughout is gone, no other is, and the ledger accounts for exactly those.
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { hookedDatabases } from '../../support/jobs/hooked-databases.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let engine: Engine;
let redis: Redis;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});

/** `npm run test:faults` plays more of them. */
const RUNS = Number(process.env['SEXTON_PROPERTY_RUNS'] ?? 40);
const WITHIN_MS = RUNS > 40 ? 1_200_000 : 40_000;

/** Hours from now; few, so that many rows share one age. */
const DUE_HOURS = [-900, -50, -49, -48, -26] as const;
const YOUNG_HOURS = [0, 5] as const;

const KEYS = {
  int: { sql: 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY', key: ['id'] },
  uuid: { sql: 'id uuid PRIMARY KEY DEFAULT gen_random_uuid()', key: ['id'] },
  composite: {
    sql: 'tenant text NOT NULL DEFAULT chr(97 + (random() * 3)::int), n serial, PRIMARY KEY (tenant, n)',
    key: ['tenant', 'n'],
  },
} as const;

type Hours = number | null;
type Act =
  | { readonly do: 'insert'; readonly hours: Hours }
  | { readonly do: 'age'; readonly row: number; readonly hours: number }
  | { readonly do: 'rejuvenate'; readonly row: number }
  | { readonly do: 'empty Redis' };
/** Where in the n-th batch the worker dies. */
type Death = 'before its delete' | 'before its commit' | 'after its commit' | undefined;

interface World {
  readonly key: keyof typeof KEYS;
  readonly ageType: 'timestamp' | 'timestamptz' | 'date';
  readonly rows: readonly Hours[];
  readonly batchRows: number;
  readonly deaths: readonly Death[];
  /** What others do between finding the bound and the delete of the n-th batch; waited for, or not. */
  readonly acts: readonly { readonly acts: readonly Act[]; readonly waited: boolean }[];
  /** A dead worker's slice is tried again under its number, or the workflow counts on. */
  readonly sameSlice: readonly boolean[];
}

const due = fc.constantFrom(...DUE_HOURS);
const hours: fc.Arbitrary<Hours> = fc.oneof(
  { weight: 6, arbitrary: due },
  { weight: 2, arbitrary: fc.constantFrom(...YOUNG_HOURS) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('insert' as const), hours }),
  fc.record({ do: fc.constant('age' as const), row: fc.nat(40), hours: due }),
  fc.record({ do: fc.constant('rejuvenate' as const), row: fc.nat(40) }),
  fc.record({ do: fc.constant('empty Redis' as const) }),
);
const worlds: fc.Arbitrary<World> = fc.record({
  key: fc.constantFrom('int', 'uuid', 'composite'),
  ageType: fc.constantFrom('timestamp', 'timestamptz', 'date'),
  rows: fc.array(hours, { maxLength: 40, size: 'max' }),
  batchRows: fc.integer({ min: 1, max: 9 }),
  deaths: fc.array(
    fc.constantFrom<Death>(
      undefined,
      undefined,
      'before its delete',
      'before its commit',
      'after its commit',
    ),
    { maxLength: 20, size: 'max' },
  ),
  acts: fc.array(fc.record({ acts: fc.array(act, { maxLength: 3 }), waited: fc.boolean() }), {
    maxLength: 20,
    size: 'max',
  }),
  sameSlice: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
});

/** A table whose deletions are written down, row by row, by the database itself. */
const createTable = async ({ key, ageType }: World): Promise<string> => {
  const table = unique('t');
  await engine.db.query(`
    CREATE TABLE public.${table} (uid serial UNIQUE, ${KEYS[key].sql}, age ${ageType});
    CREATE INDEX ON public.${table} (age);
    CREATE TABLE public.${table}_gone (uid int, age timestamptz);
    CREATE FUNCTION public.${table}_gone() RETURNS trigger LANGUAGE plpgsql SET TimeZone = 'UTC' AS $$ BEGIN
      INSERT INTO public.${table}_gone VALUES (OLD.uid, OLD.age); RETURN NULL; END $$;
    CREATE TRIGGER gone AFTER DELETE ON public.${table} FOR EACH ROW EXECUTE FUNCTION public.${table}_gone();`);
  return table;
};

const jobOn = (table: string, { key, batchRows }: World): JobSnapshot => {
  const job = aJob({ batchRows });
  const columns = KEYS[key].key;
  const age = { column: 'age', olderThanSeconds: 86_400 };
  const selection = { ...job.steps[0].selection, table, key: columns, age, orderBy: ['age', ...columns] };
  return { ...job, steps: [{ ...job.steps[0], selection }] };
};

const AGE = "(sexton.now() AT TIME ZONE 'UTC' + make_interval(hours => $1))";

const insert = (table: string, value: Hours) =>
  engine.db.query(`INSERT INTO public.${table} (age) VALUES (${AGE})`, [value]);

/** Plays the world and returns the slices that died. */
const play = async (begun: BegunRun, table: string, world: World, dueThroughout: Set<number>) => {
  let batch = -1;
  const pending: Promise<unknown>[] = [];
  const update = (row: number, value: number, more = '', ...values: unknown[]) =>
    engine.db.query(`UPDATE public.${table} SET age = ${AGE} WHERE uid = $2 ${more}`, [
      value,
      row + 1,
      ...values,
    ]);
  const perform = async (one: Act): Promise<unknown> => {
    if (one.do === 'insert') return insert(table, one.hours);
    if (one.do === 'empty Redis') return redis.del(begun.job.lockKey);
    if (one.do === 'age') return update(one.row, one.hours, 'AND age < $3::timestamptz', begun.plan.cutoff);
    dueThroughout.delete(one.row + 1);
    return update(one.row, YOUNG_HOURS[1]);
  };
  const die = (cut: () => void): never => {
    cut();
    throw new Error('the worker died');
  };
  let deleting = false;
  const databases = hookedDatabases(engine.databases, {
    before: async (sql, cut) => {
      if (sql.startsWith('DELETE')) {
        batch += 1;
        deleting = true;
        const { acts = [], waited = true } = world.acts[batch] ?? {};
        const done = Promise.all(acts.map(perform));
        if (waited) await done;
        else pending.push(done);
        if (world.deaths[batch] === 'before its delete') die(cut);
      }
      if (sql === 'COMMIT' && deleting && world.deaths[batch] === 'before its commit') die(cut);
    },
    after: async (sql, cut) => {
      if (sql !== 'COMMIT' || !deleting) return;
      deleting = false;
      if (world.deaths[batch] === 'after its commit') die(cut);
    },
  });
  const { slice } = createCleanupActivities({ ...engine.dependencies, databases });

  const died: { slice: number; attempt: number }[] = [];
  let [number, attempt, done] = [1, 1, false];
  while (!done) {
    deleting = false;
    const { job, plan } = begun;
    const outcome = await engine.run(slice, { job, plan, slice: number }, attempt).then(
      (result) => result.done,
      (error: { type?: string }) => error,
    );
    if (typeof outcome === 'boolean') done = outcome;
    else if (outcome.type === 'BATCH_FAILED') died.push({ slice: number, attempt });
    else throw outcome;
    if (typeof outcome === 'boolean' || !world.sameSlice[died.length % 20])
      [number, attempt] = [number + 1, 1];
    else attempt += 1;
  }
  await Promise.all(pending);
  return died;
};

const rowsOf = async (sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await engine.databases.of('test-pack', 'app')!.query(sql, values)).rows;

describe('a run over any table, with deaths at any batch and others at work on the rows', () => {
  it('deletes each row that is due throughout, no row at or after the cutoff, and counts exactly (SLA-17, SLA-18)', async () => {
    const property = fc.asyncProperty(worlds, async (world) => {
      const table = await createTable(world);
      for (const value of world.rows) await insert(table, value);
      const begun = await beginRun(engine, aRun(jobOn(table, world)));
      const { cutoff, runId } = begun.plan;
      const selected = await rowsOf(`SELECT uid FROM public.${table} WHERE age < $1::timestamptz`, cutoff);
      const dueThroughout = new Set(selected.map(({ uid }) => Number(uid)));

      const died = await play(begun, table, world, dueThroughout);
      const result = await finishRun(engine, begun);

      const gone = await rowsOf(`SELECT uid, age < $1 AS old FROM public.${table}_gone`, cutoff);
      const uids = gone.map(({ uid }) => Number(uid));
      expect(gone.filter(({ old }) => !old)).toEqual([]);
      expect(new Set(uids).size).toBe(uids.length);
      expect([...dueThroughout].filter((uid) => !uids.includes(uid))).toEqual([]);
      const [ledger] = await rowsOf(
        'SELECT coalesce(sum(deleted), 0)::int AS n FROM sexton.ledger WHERE run_id = $1',
        runId,
      );
      expect({ ledger: ledger?.['n'], result: result.deleted }).toEqual({
        ledger: uids.length,
        result: uids.length,
      });

      // Whoever was taken for dead and wakes up now finds the door shut, whatever is due.
      await insert(table, -900);
      for (const { slice, attempt } of died) {
        const { job, plan } = begun;
        const late = engine.run(engine.activities.slice, { job, plan, slice }, attempt);
        await expect(late).rejects.toMatchObject({ type: 'SUPERSEDED' });
      }
      await engine.db.query(`DROP TABLE public.${table}, public.${table}_gone`);
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: WITHIN_MS });
  });
});
