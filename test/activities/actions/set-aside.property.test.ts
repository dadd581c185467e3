// Whatever the table looks like, whichever of its rows cannot leave and wherever workers die: exactly the good rows go,
// exactly the bad ones are queued, once, and the ledger accounts for both.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import { setBatchLimit } from '../../../src/adapters/postgres/runs/control.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import {
  createProtected,
  KEYS,
  leftIn,
  PROTECTIONS,
  type ProtectedTable,
  queueOf,
  resolveAll,
} from '../../support/jobs/protected-rows.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

interface World {
  readonly key: keyof typeof KEYS;
  readonly protection: keyof typeof PROTECTIONS | 'its own condition';
  readonly rows: number;
  readonly bad: readonly number[];
  /** So many rows share an age. */
  readonly ties: number;
  readonly orderedByAgeAlone: boolean;
  readonly batchRows: number;
  readonly limit: number | undefined;
  /** Step at which the n-th attempt dies. */
  readonly deaths: readonly number[];
  readonly sameSlice: readonly boolean[];
}

const worlds: fc.Arbitrary<World> = fc.record({
  key: fc.constantFrom('bigint', 'uuid', 'composite'),
  protection: fc.constantFrom(...(Object.keys(PROTECTIONS) as World['protection'][]), 'its own condition'),
  rows: fc.integer({ min: 1, max: 70 }),
  bad: fc.uniqueArray(fc.integer({ min: 1, max: 70 }), { maxLength: 12 }),
  ties: fc.constantFrom(1, 1, 2, 7, 40),
  orderedByAgeAlone: fc.boolean(),
  batchRows: fc.constantFrom(1, 3, 16, 17, 50, 500),
  limit: fc.option(fc.constantFrom(1, 20, 1_000), { nil: undefined }),
  deaths: fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 4 }),
  sameSlice: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
});

const create = (world: World, bad: readonly number[]): Promise<ProtectedTable> => {
  const { key, protection, rows, ties, batchRows } = world;
  const columns = KEYS[key].key;
  const minutes = `90000 - n / ${ties}`;
  const orderBy = world.orderedByAgeAlone ? ['age'] : ['age', ...columns];
  const common = { rows, bad, key, batchRows, minutes, orderBy };
  if (protection === 'its own condition')
    return createProtected(engine, { ...common, sql: () => '', where: 'note::int < 5' });
  return createProtected(engine, { ...common, sql: PROTECTIONS[protection].sql });
};

/** Slices until one is done; the n-th attempt of all dies at its step, if it has so many. */
const play = async ({ job, plan }: BegunRun, { deaths, sameSlice }: World): Promise<void> => {
  let [slice, attempt] = [1, 1];
  for (let tries = 0; ; tries += 1) {
    const { dependencies, died } = dyingAt(engine.dependencies, deaths[tries] ?? 0);
    const activities = createCleanupActivities(dependencies);
    const result = await engine
      .run(activities.slice, { job, plan, slice }, attempt)
      .catch((error: unknown) => {
        if (died() === undefined) throw error;
      });
    if (result?.done) return;
    if (result || !sameSlice[tries % 5]) [slice, attempt] = [slice + 1, 1];
    else attempt += 1;
  }
};

const ledgerOf = async ({ runId }: BegunRun['plan']) =>
  (
    await engine.db.query(
      `SELECT coalesce(sum(deleted), 0)::int AS deleted, coalesce(sum(set_aside), 0)::int AS "setAside"
       FROM sexton.ledger WHERE run_id = $1`,
      [runId],
    )
  ).rows[0];

describe('a run over any table, with bad rows anywhere in it and deaths at any step', () => {
  it('SLA-22: deletes exactly the good rows, queues exactly the bad ones, once, and counts both exactly', async () => {
    const property = fc.asyncProperty(worlds, async (world) => {
      const bad = world.bad.filter((row) => row <= world.rows).toSorted((one, other) => one - other);
      const table = await create(world, bad);
      const begun = await beginRun(engine, aRun(table.job));
      const subject = { pack: 'test-pack', job: table.job.name, resourceType: 'link' };
      const limit = { resource: table.job.lockKey, rows: world.limit, declared: world.batchRows, by: 'ana' };
      await setBatchLimit(engine.db, subject, limit);

      await play(begun, world);
      const counted = { deleted: world.rows - bad.length, setAside: bad.length };
      expect(await leftIn(engine, table)).toEqual(bad);
      const queue = await queueOf(engine, table.job);
      expect(queue).toHaveLength(bad.length);
      expect(await ledgerOf(begun.plan)).toEqual(counted);
      expect(await finishRun(engine, begun)).toMatchObject({ ...counted, remaining: 0 });

      // The next run leaves them alone; once they are resolved, one more tries them again.
      for (const again of [0, bad.length]) {
        const next = await beginRun(engine, aRun(table.job));
        await play(next, { ...world, deaths: [] });
        expect(await ledgerOf(next.plan)).toEqual({ deleted: 0, setAside: again });
        await finishRun(engine, next);
        await resolveAll(engine, table.job);
      }
      await engine.db.query(
        `DROP TABLE public.${table.name} CASCADE; DROP TABLE IF EXISTS public.${table.name}_child`,
      );
    });
    await fc.assert(property, { numRuns: 40, endOnFailure: false, interruptAfterTimeLimit: 45_000 });
  });
});
