// Worlds for the walks: a table of any kind, what others do to its rows during each batch and between two, and where the
// worker dies. A trigger writes down each row that goes, as it was at that moment, and whose session it was.
import fc from 'fast-check';
import type { BatchedStep, Strategy } from '../../../src/domain/jobs/step.ts';
import type { Engine } from '../engine.ts';
import { unique } from '../stack.ts';
import { aJob } from './builders.ts';
import { KEYS } from './protected-rows.ts';
import type { JobOf } from './steps.ts';

/** What others do. `from` and `count` say to which rows, by their number. */
export type Act =
  | { readonly do: 'insert'; readonly days: number | null; readonly count: number }
  | {
      readonly do: 'touch' | 'grow' | 'delete' | 'exempt';
      readonly from: number;
      readonly count: number;
    }
  | { readonly do: 'lock'; readonly from: number; readonly count: number }
  | { readonly do: 'age'; readonly days: number; readonly from: number; readonly count: number }
  | { readonly do: 'empty Redis' };

/** Between two batches, when no transaction of the run is open. */
type Upheaval = 'VACUUM' | 'VACUUM FULL' | 'CLUSTER' | 'ANALYZE';

export interface World {
  readonly key: keyof typeof KEYS;
  readonly ageType: 'timestamp' | 'timestamptz' | 'date';
  readonly strategy: Strategy;
  /** Beside age: none, or one that is true, false or unknown. */
  readonly where: string | undefined;
  readonly rows: number;
  /** Instants that the ages are spread over: few make ties. */
  readonly instants: number;
  readonly oldShare: number;
  readonly width: number;
  readonly batchRows: number;
  readonly acts: readonly (readonly Act[])[];
  readonly upheavals: readonly (Upheaval | undefined)[];
  readonly deaths: readonly ('before its delete' | 'before its commit' | 'after its commit' | undefined)[];
  readonly sameSlice: readonly boolean[];
}

const WHERES = [undefined, 'flag', 'flag IS NOT TRUE', 'n % 7 <> 3', "note <> 'keep'"] as const;

const MOST_ROWS = 2_500;
const place = { from: fc.nat(MOST_ROWS), count: fc.integer({ min: 1, max: 200 }) };
const days = fc.oneof(fc.constantFrom(-900, -50, -3, -2), fc.integer({ min: -400, max: 5 }));

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('insert' as const),
      days: fc.option(days, { freq: 9 }),
      count: fc.integer({ min: 1, max: 150 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('touch', 'grow', 'delete', 'lock', 'exempt'), ...place }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('age' as const), days, ...place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('empty Redis' as const) }) },
);

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });

/** Many small batches would only repeat each other. */
const sizes = fc
  .record({
    rows: fc.integer({ min: 0, max: MOST_ROWS }),
    batchRows: fc.constantFrom(7, 40, 300, 320, 500, 1_000),
  })
  .map(({ rows, batchRows }) => ({ batchRows, rows: Math.min(rows, batchRows * 25) }));

export const worlds: fc.Arbitrary<World> = fc
  .record({
    sizes,
    key: fc.constantFrom(...(Object.keys(KEYS) as (keyof typeof KEYS)[])),
    ageType: fc.constantFrom('timestamptz', 'timestamp', 'date'),
    strategy: fc.constantFrom('age-index-windows', 'heap-order-ranges', 'heap-order-ranges'),
    where: fc.constantFrom(...WHERES),
    instants: fc.constantFrom(1, 5, 300, 100_000),
    oldShare: fc.constantFrom(0.02, 0.5, 0.95, 1),
    width: fc.constantFrom(0, 50, 600),
    acts: fc.array(fc.array(anyAct, { maxLength: 3 }), { maxLength: 12 }),
    upheavals: fc.array(seldom(fc.constantFrom('VACUUM', 'VACUUM FULL', 'CLUSTER', 'ANALYZE')), {
      maxLength: 8,
    }),
    deaths: fc.array(seldom(fc.constantFrom('before its delete', 'before its commit', 'after its commit')), {
      maxLength: 12,
    }),
    sameSlice: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
  })
  .map(({ sizes: given, ...world }) => ({ ...world, ...given }));

const UTC = "(sexton.now() AT TIME ZONE 'UTC')";

/** Rows numbered `uid` from 1, in no order of their ages, with the pack's index on it. */
export const createWorld = async ({ db }: Engine, world: World): Promise<string> => {
  const { key, ageType, rows, instants, oldShare, width } = world;
  const table = unique('w');
  await db.query(`
    CREATE TABLE public.${table} (uid serial UNIQUE, ${KEYS[key].sql.replace(' n serial', ' m serial').replace(', n)', ', m)')},
      age ${ageType}, n int, flag boolean, note text, payload text);
    INSERT INTO public.${table} (age, n, flag, note, payload)
    SELECT CASE WHEN random() < 0.02 THEN NULL WHEN random() < ${oldShare}
        THEN ${UTC} - make_interval(secs => 2 * 86400 + (random() * ${instants})::int * (300 * 86400.0 / ${instants}))
        ELSE ${UTC} + make_interval(secs => random() * 86400) END,
      i, (ARRAY[true, false, NULL])[1 + i % 3], (ARRAY['keep', 'go', NULL])[1 + i % 3], repeat('x', ${width})
    FROM generate_series(1, ${rows}) i;
    CREATE INDEX ${table}_age ON public.${table} (age);
    CREATE TABLE public.${table}_gone (LIKE public.${table}, who text);
    CREATE FUNCTION public.${table}_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.${table}_gone SELECT OLD.*, current_setting('application_name'); RETURN NULL; END $$;
    CREATE TRIGGER gone AFTER DELETE ON public.${table} FOR EACH ROW EXECUTE FUNCTION public.${table}_gone();
    ANALYZE public.${table};`);
  return table;
};

export const jobOn = (table: string, { key, batchRows, strategy, where }: World): JobOf<BatchedStep> => {
  const job = aJob({ batchRows, table, ...(where && { where }) });
  const columns = KEYS[key].key.map((column) => (column === 'n' ? 'm' : column));
  const age = { column: 'age', olderThanSeconds: 86_400 };
  const [step] = job.steps;
  const selection = { ...step.selection, key: columns, age, orderBy: ['age', ...columns] };
  return { ...job, steps: [{ ...step, strategy, selection }] };
};

/** The statement of an act, and whether the rows that it names are due no more for a while. */
export const statementOf = (
  table: string,
  act: Exclude<Act, { do: 'empty Redis' | 'lock' }>,
): { readonly sql: string; readonly values: readonly unknown[]; readonly frees: boolean } => {
  if (act.do === 'insert') {
    const age = act.days === null ? 'NULL' : `${UTC} + make_interval(days => ${act.days})`;
    const sql = `INSERT INTO public.${table} (age, n, flag, note) SELECT ${age}, 1, true, 'go' FROM generate_series(1, $1)`;
    return { sql, values: [act.count], frees: false };
  }
  const values = [act.from, act.from + act.count];
  const rows = 'WHERE uid BETWEEN $1 AND $2 RETURNING uid';
  const update = (what: string) => `UPDATE public.${table} SET ${what} ${rows}`;
  switch (act.do) {
    case 'touch':
      return { sql: update("payload = payload || ''"), values, frees: false };
    case 'grow':
      return { sql: update("payload = repeat('y', 900)"), values, frees: false };
    case 'exempt':
      return { sql: update("n = 3, flag = NULL, note = 'keep'"), values, frees: true };
    case 'delete':
      return { sql: `DELETE FROM public.${table} ${rows}`, values, frees: true };
    case 'age':
      break;
  }
  // What is old stays old: it is moved along the index, and is due all the time.
  const old = act.days <= -2 ? "AND age < sexton.now() - interval '2 days'" : '';
  const sql = `UPDATE public.${table} SET age = ${UTC} + make_interval(days => ${act.days}) WHERE uid BETWEEN $1 AND $2 ${old} RETURNING uid`;
  return { sql, values, frees: act.days > -2 };
};
