// A table of old rows of a test's own, in no order of their ages, with a job over it that goes one way; and what its ledger
// says of the batches.
import type { BatchedStep, Strategy } from '../../../src/domain/jobs/step.ts';
import type { Engine } from '../engine.ts';
import { unique } from '../stack.ts';
import { aJob } from './builders.ts';
import type { JobOf } from './steps.ts';

export interface WalkedTable {
  readonly name: string;
  readonly job: JobOf<BatchedStep>;
}

interface TableInput {
  readonly rows: number;
  readonly strategy: Strategy;
  readonly batchRows?: number;
  /** Age of row `uid` (1 is the first on its page) in hours, as SQL over `i`; every row of another one by default. */
  readonly hours?: string;
  /** Bytes of each row beside its key and age. */
  readonly width?: number;
  readonly orderBy?: readonly string[];
}

export const createWalked = async (
  { db }: Engine,
  { rows, strategy, batchRows = 500, hours = '100 + (i * 7919) % 5000', width = 40, orderBy }: TableInput,
): Promise<WalkedTable> => {
  const name = unique('walked');
  await db.query(`
    CREATE TABLE public.${name} (uid bigint PRIMARY KEY, age timestamptz, payload text) WITH (autovacuum_enabled = off);
    INSERT INTO public.${name} SELECT i, sexton.now() - make_interval(hours => ${hours}), repeat('x', ${width})
    FROM generate_series(1, ${rows}) i;
    CREATE INDEX ${name}_age ON public.${name} (age);
    ANALYZE public.${name};`);
  const job = aJob({ name, batchRows, table: name });
  const [step] = job.steps;
  const age = { column: 'age', olderThanSeconds: 86_400 };
  const selection = { ...step.selection, key: ['uid'], age, orderBy: orderBy ?? ['age', 'uid'] };
  return { name, job: { ...job, steps: [{ ...step, strategy, selection }] } };
};

/** Runs for each row that is about to go. */
export const onDelete = (name: string, body: string): string => `
  CREATE FUNCTION public.${name}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN OLD; END $$;
  CREATE TRIGGER guard BEFORE DELETE ON public.${name} FOR EACH ROW EXECUTE FUNCTION public.${name}_guard();`;

export const leftIn = async ({ db }: Engine, { name }: WalkedTable): Promise<number[]> =>
  (await db.query(`SELECT uid FROM public.${name} ORDER BY uid`)).rows.map(({ uid }) => Number(uid));

export interface Entry {
  readonly slice: number;
  readonly pass: number;
  readonly walk: Strategy;
  readonly cursor: readonly string[] | null;
  readonly deleted: number;
  readonly locked: number;
}

export const ledgerOf = async ({ db }: Engine, runId: string): Promise<Entry[]> =>
  (
    await db.query(
      'SELECT slice, pass, walk, cursor, deleted, locked FROM sexton.ledger WHERE run_id = $1 ORDER BY seq',
      [runId],
    )
  ).rows;

export const sumOf = (entries: readonly Entry[], figure: 'deleted' | 'locked'): number =>
  entries.reduce((sum, entry) => sum + entry[figure], 0);
