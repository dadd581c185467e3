// Tables of logs with an archive each, and which rows are where.
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { ArchiveStep } from '../../../src/domain/jobs/step.ts';
import type { Engine } from '../engine.ts';
import { unique } from '../stack.ts';
import { aJobOf, oldRowsOf } from './steps.ts';

interface Pair {
  readonly name: string;
  readonly job: JobSnapshot;
}

/** A table of logs with as many old rows and three young ones, and its archive. */
export const createPair = async (
  { db }: Engine,
  rows: number,
  {
    archive = {},
    more = '',
    batchRows = 5,
  }: { archive?: Partial<ArchiveStep['archive']>; more?: string; batchRows?: number } = {},
): Promise<Pair> => {
  const name = unique('log');
  await db.query(`
    CREATE TABLE public.${name} (id int PRIMARY KEY, at timestamptz, note text, doc json, amount numeric);
    CREATE INDEX ON public.${name} (at, id);
    CREATE TABLE public.${name}_archive (LIKE public.${name}, archived_at timestamptz, run text);
    ALTER TABLE public.${name}_archive ADD PRIMARY KEY (id);
    INSERT INTO public.${name} SELECT n, sexton.now() - interval '3 days' - make_interval(mins => n), 'note ' || n,
      json_build_object('n', n), n / 3.0 FROM generate_series(1, ${rows}) n;
    INSERT INTO public.${name} SELECT 1000 + n, sexton.now(), 'young' FROM generate_series(1, 3) n;
    ${more.replaceAll('%t', `public.${name}`)}`);
  const step: ArchiveStep = {
    name: 'logs',
    action: 'archive',
    batchRows,
    selection: oldRowsOf(name),
    archive: { schema: 'public', table: `${name}_archive`, ...archive },
  };
  return { name, job: aJobOf([step]) };
};

export const idsIn = async ({ db }: Engine, table: string): Promise<number[]> =>
  (await db.query(`SELECT id FROM public.${table} ORDER BY id`)).rows.map(({ id }) => Number(id));

/** Ids of the rows that `createPair` makes too young to leave. */
export const YOUNG = [1001, 1002, 1003];
