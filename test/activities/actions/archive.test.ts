// Rows move into their archive as they are, on real Postgres: what is there twice, what differs, what is locked, what
// cannot go.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { createPair, idsIn, YOUNG } from '../../support/jobs/archives.ts';
import { hookedDatabases } from '../../support/jobs/hooked-databases.ts';
import { queueOf } from '../../support/jobs/protected-rows.ts';
import { aRun, beginRun, finishRun, runSlice } from '../../support/jobs/run-job.ts';
import { aJobOf, oldRowsOf } from '../../support/jobs/steps.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const upTo = (count: number): number[] => Array.from({ length: count }, (_, place) => place + 1);

describe('a run that archives', () => {
  it('EMAIL-23: moves what is old enough, every column as it was, and stamps it with instant and run', async () => {
    const { name, job } = await createPair(engine, 12, {
      archive: { archivedAt: 'archived_at', runId: 'run' },
    });
    await engine.db.query(`CREATE TABLE public.${name}_before AS TABLE public.${name}`);
    const begun = await beginRun(engine, aRun(job));
    expect(await runSlice(engine, begun)).toMatchObject({ done: true, deleted: 12, setAside: 0, locked: 0 });
    expect(await idsIn(engine, name)).toEqual(YOUNG);
    expect(await idsIn(engine, `${name}_archive`)).toEqual(upTo(12));
    const { rows } = await engine.db.query(
      `SELECT count(*)::int AS same FROM public.${name}_before b JOIN public.${name}_archive a USING (id)
       WHERE (a.at, a.note, a.doc::text, a.amount) IS NOT DISTINCT FROM (b.at, b.note, b.doc::text, b.amount)
         AND a.archived_at <= sexton.now() AND a.run = $1`,
      [begun.run.runId],
    );
    expect(rows[0].same).toBe(12);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', deleted: 12, remaining: 0 });
  });

  it('EMAIL-24: stops where the archive has other content under a key, and moves nothing of that batch', async () => {
    const { name, job } = await createPair(engine, 12);
    await engine.db.query(
      `INSERT INTO public.${name}_archive SELECT id, at, note, doc, amount + 0.1 FROM public.${name} WHERE id = 9`,
    );
    const begun = await beginRun(engine, aRun(job));
    await expect(runSlice(engine, begun)).rejects.toMatchObject({
      type: 'ARCHIVE_CONFLICT',
      nonRetryable: true,
      message: expect.stringMatching(/^archive_conflict: row 9 of .* has other content/),
    });
    // The oldest first: 12 to 8 went in the first batch that held none of the differing ones, or none went at all.
    const left = await idsIn(engine, name);
    const archived = await idsIn(engine, `${name}_archive`);
    expect(left).toContain(9);
    expect(archived.filter((id) => left.includes(id))).toEqual([9]);
    expect([...new Set([...left, ...archived])].toSorted((a, b) => a - b)).toEqual([...upTo(12), ...YOUNG]);
    expect(
      (
        await engine.db.query('SELECT sum(deleted)::int AS n FROM sexton.ledger WHERE run_id = $1', [
          begun.run.runId,
        ])
      ).rows[0].n ?? 0,
    ).toBe(12 + 3 - left.length);
  });

  it('takes a row that is in the archive already for moved, if it is the same to the last byte', async () => {
    const { name, job } = await createPair(engine, 4);
    const copy = `INSERT INTO public.${name}_archive (id, at, note, doc, amount) SELECT id, at, note, doc, amount FROM public.${name}`;
    await engine.db.query(`${copy} WHERE id IN (1, 3)`);
    expect(await runSlice(engine, await beginRun(engine, aRun(job)))).toMatchObject({
      done: true,
      deleted: 4,
    });
    expect(await idsIn(engine, name)).toEqual(YOUNG);

    const other = await createPair(engine, 1);
    // As numbers the two are equal.
    await engine.db.query(
      `UPDATE public.${other.name} SET amount = 1.0; INSERT INTO public.${other.name}_archive (id, at, note, doc, amount)
       SELECT id, at, note, doc, 1.00 FROM public.${other.name} WHERE id = 1`,
    );
    await expect(runSlice(engine, await beginRun(engine, aRun(other.job)))).rejects.toMatchObject({
      type: 'ARCHIVE_CONFLICT',
    });
  });

  it.each([
    ['changes what it is given', "NEW.note := 'changed';", 'has other content'],
    ['drops what it is given', 'RETURN NULL;', 'is not in the archive'],
  ])('stops where a trigger of the archive %s', async (_, body, words) => {
    const { name, job } = await createPair(engine, 3, {
      more: `CREATE FUNCTION %t_spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$;
        CREATE TRIGGER spoil BEFORE INSERT ON %t_archive FOR EACH ROW EXECUTE FUNCTION %t_spoil();`,
    });
    await expect(runSlice(engine, await beginRun(engine, aRun(job)))).rejects.toMatchObject({
      type: 'ARCHIVE_CONFLICT',
      message: expect.stringContaining(words),
    });
    expect(await idsIn(engine, name)).toEqual([1, 2, 3, ...YOUNG]);
    expect(await idsIn(engine, `${name}_archive`)).toEqual([]);
  });

  it('sets aside a row that cannot go, or that a trigger keeps, and takes its copy back', async () => {
    const { name, job } = await createPair(engine, 12, {
      more: `CREATE TABLE %t_child (id int REFERENCES %t); CREATE INDEX ON %t_child (id); INSERT INTO %t_child VALUES (4);
        CREATE FUNCTION %t_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 7 THEN RETURN NULL; END IF; RETURN OLD; END $$;
        CREATE TRIGGER keep BEFORE DELETE ON %t FOR EACH ROW EXECUTE FUNCTION %t_keep();`,
    });
    expect(await runSlice(engine, await beginRun(engine, aRun(job)))).toMatchObject({
      done: true,
      deleted: 10,
      setAside: 2,
    });
    expect(await idsIn(engine, name)).toEqual([4, 7, ...YOUNG]);
    expect(await idsIn(engine, `${name}_archive`)).toEqual(upTo(12).filter((id) => id !== 4 && id !== 7));
    expect(
      (await queueOf(engine, job))
        .map(({ resource_id, failure_mode }) => `${resource_id} ${failure_mode}`)
        .toSorted(),
    ).toEqual(['4 23503', '7 P0001']);
  });

  it('leaves a row that another transaction holds where it is, and says so', async () => {
    const { name, job } = await createPair(engine, 7);
    const begun = await beginRun(engine, aRun(job));
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; SELECT 1 FROM public.${name} WHERE id = 5 FOR UPDATE`);
      expect(await runSlice(engine, begun)).toMatchObject({ done: true, deleted: 6, locked: 1 });
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
    expect(await idsIn(engine, name)).toEqual([5, ...YOUNG]);
    expect(await idsIn(engine, `${name}_archive`)).toEqual([1, 2, 3, 4, 6, 7]);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completedWithWarnings', remaining: 1 });
  });

  it('never drops what a column holds that came while it went on: the batch is rolled back, the next slice knows it', async () => {
    const { name, job } = await createPair(engine, 3);
    const begun = await beginRun(engine, aRun(job));
    const { db } = engine;
    const column = `ADD COLUMN extra text DEFAULT 'new'`;
    let asked = 0;
    const databases = hookedDatabases(engine.dependencies.databases, {
      before: async (sql) => {
        // The fence is the first thing that a batch asks for; the columns were read before it.
        if (!sql.includes('FOR SHARE OF f')) return;
        asked += 1;
        if (asked === 1)
          await db.query(
            `ALTER TABLE public.${name} ${column}; ALTER TABLE public.${name}_archive ${column}`,
          );
      },
      after: async () => {},
    });
    const { plan } = begun;
    const changed = createCleanupActivities({ ...engine.dependencies, databases });
    await expect(engine.run(changed.slice, { job, plan, slice: 1 })).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      message: expect.stringContaining('changed while the run went on'),
    });
    expect(await idsIn(engine, `${name}_archive`)).toEqual([]);
    await db.query(`UPDATE public.${name} SET extra = 'kept'`);
    expect(await runSlice(engine, begun, 2)).toMatchObject({ done: true, deleted: 3 });
    const { rows } = await db.query(`SELECT DISTINCT extra FROM public.${name}_archive`);
    expect(rows).toEqual([{ extra: 'kept' }]);
  });

  it('copies computed columns, identities and keys of several columns as they are', async () => {
    const name = unique('log');
    await engine.db.query(`
      CREATE TABLE public.${name} (tenant text, id int GENERATED ALWAYS AS IDENTITY, at timestamptz, n int,
        twice int GENERATED ALWAYS AS (n * 2) STORED, PRIMARY KEY (tenant, id));
      CREATE TABLE public.${name}_archive (LIKE public.${name} INCLUDING ALL);
      INSERT INTO public.${name} (tenant, at, n)
      SELECT CASE n % 2 WHEN 0 THEN 'a' ELSE 'b"]' END, sexton.now() - interval '9 days', n FROM generate_series(1, 8) n`);
    const selection = oldRowsOf(name, { key: ['tenant', 'id'], orderBy: ['at', 'tenant', 'id'] });
    const archive = { schema: 'public', table: `${name}_archive` };
    const job = aJobOf([{ name: 'logs', action: 'archive', batchRows: 3, selection, archive }]);
    expect(await runSlice(engine, await beginRun(engine, aRun(job)))).toMatchObject({
      done: true,
      deleted: 8,
    });
    const { rows } = await engine.db.query(
      `SELECT count(*) FILTER (WHERE twice = n * 2)::int AS n, sum(id)::int AS ids FROM public.${name}_archive`,
    );
    expect(rows).toEqual([{ n: 8, ids: 36 }]);
  });
});
