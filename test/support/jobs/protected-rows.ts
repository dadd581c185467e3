// Tables some of whose rows cannot leave, each protected in another way, and what became of their rows.
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { Engine } from '../engine.ts';
import { unique } from '../stack.ts';
import { aJob } from './builders.ts';

const trigger = (table: string, body: string, when = 'BEFORE DELETE', kind = 'TRIGGER'): string => `
  CREATE FUNCTION public.${table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN OLD; END $$;
  CREATE ${kind} guard ${when} ON public.${table} ${kind === 'TRIGGER' ? '' : 'DEFERRABLE INITIALLY DEFERRED'}
    FOR EACH ROW EXECUTE FUNCTION public.${table}_guard();`;

const child = (table: string, how = ''): string => `
  CREATE TABLE public.${table}_child (uid int REFERENCES public.${table} (uid) ${how});
  CREATE INDEX ON public.${table}_child (uid);
  INSERT INTO public.${table}_child SELECT uid FROM public.${table} WHERE bad;`;

interface Protection {
  /** What the queue is to say. */
  readonly code: string;
  readonly sql: (table: string) => string;
}

/** What may keep the bad rows of a table. */
export const PROTECTIONS = {
  'a foreign key': { code: '23503', sql: child },
  'a foreign key that restricts': { code: '23001', sql: (table) => child(table, 'ON DELETE RESTRICT') },
  'a foreign key that is looked at only at the commit': {
    code: '23503',
    sql: (table) => child(table, 'DEFERRABLE INITIALLY DEFERRED'),
  },
  'a trigger that objects': {
    code: 'P0001',
    sql: (table) => trigger(table, `IF OLD.bad THEN RAISE EXCEPTION 'legal hold'; END IF;`),
  },
  'a trigger that objects only at the commit': {
    code: 'P0001',
    sql: (table) =>
      trigger(
        table,
        `IF OLD.bad THEN RAISE EXCEPTION 'legal hold'; END IF;`,
        'AFTER DELETE',
        'CONSTRAINT TRIGGER',
      ),
  },
  'a cast that a trigger makes of it': {
    code: '22P02',
    sql: (table) => trigger(table, `IF OLD.note::int > 5 THEN RETURN NULL; END IF;`),
  },
} as const satisfies Readonly<Record<string, Protection>>;

/** Raised by a trigger for the bad rows, under a code that is nobody's fault. */
export const raising = (code: string) => (table: string) =>
  trigger(table, `IF OLD.bad THEN RAISE EXCEPTION 'not now' USING ERRCODE = '${code}'; END IF;`);

export const KEYS = {
  bigint: { sql: 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY', key: ['id'] },
  uuid: { sql: 'id uuid PRIMARY KEY DEFAULT gen_random_uuid()', key: ['id'] },
  composite: {
    sql: `tenant text NOT NULL DEFAULT '"a", [b] \\ ' || (random() * 3)::int, n serial, PRIMARY KEY (tenant, n)`,
    key: ['tenant', 'n'],
  },
} as const;

export interface ProtectedTable {
  readonly name: string;
  /** A job of its own name over the table. */
  readonly job: JobSnapshot;
}

interface TableInput {
  readonly rows: number;
  /** Which of the rows, from 1, are bad; 1 is the oldest. */
  readonly bad: readonly number[];
  readonly sql: (table: string) => string;
  readonly key?: keyof typeof KEYS;
  readonly batchRows?: number;
  readonly where?: string;
  /** Minutes since a row's age, from its number; a tie where two give the same. Default each older than the next. */
  readonly minutes?: string;
  readonly orderBy?: readonly string[];
}

/** Rows `uid` 1 to `rows`, all old enough to leave. The note of a bad one is no number. */
export const createProtected = async (
  { db }: Engine,
  { rows, bad, sql, key = 'bigint', batchRows = 50, where, minutes = '90000 - n', orderBy }: TableInput,
): Promise<ProtectedTable> => {
  const name = unique('t');
  const columns = KEYS[key].key;
  await db.query(`
    CREATE TABLE public.${name} (uid int UNIQUE, ${KEYS[key].sql}, age timestamptz, bad boolean, note text);
    CREATE INDEX ON public.${name} (age);
    INSERT INTO public.${name} (uid, age, bad, note)
    SELECT n, sexton.now() - make_interval(mins => ${minutes}), n = ANY('{${bad.join()}}'), CASE WHEN n = ANY('{${bad.join()}}') THEN 'x' ELSE '1' END
    FROM generate_series(1, ${rows}) n;
    ${sql(name)}`);
  const base = aJob({ name: unique('job'), batchRows, table: name, ...(where && { where }) });
  const [step] = base.steps;
  const age = { column: 'age', olderThanSeconds: 86_400 };
  const selection = { ...step.selection, key: columns, age, orderBy: orderBy ?? ['age', ...columns] };
  return { name, job: { ...base, steps: [{ ...step, selection }] } };
};

/** Numbers of the rows that are still there. */
export const leftIn = async ({ db }: Engine, { name }: ProtectedTable): Promise<number[]> =>
  (await db.query(`SELECT uid FROM public.${name} ORDER BY uid`)).rows.map(({ uid }) => Number(uid));

export interface QueueRow {
  readonly resource_id: string;
  readonly failure_mode: string;
  readonly status: string;
  readonly error: string;
  readonly run_id: string;
  readonly resource_type: string;
}

/** What the job has in the queue, in the order in which it came there. */
export const queueOf = async ({ db }: Engine, { name }: JobSnapshot): Promise<QueueRow[]> =>
  (
    await db.query(
      `SELECT resource_id, failure_mode, status, error, run_id, resource_type
       FROM sexton.manual_resolution_queue WHERE source_job = $1 ORDER BY created_at, resource_id`,
      [name],
    )
  ).rows;

/** As a person does who has seen to everything. */
export const resolveAll = async ({ db }: Engine, { name }: JobSnapshot): Promise<void> => {
  await db.query(
    `UPDATE sexton.manual_resolution_queue SET status = 'resolved', resolved_at = sexton.now()
     WHERE source_job = $1 AND status = 'pending'`,
    [name],
  );
};
