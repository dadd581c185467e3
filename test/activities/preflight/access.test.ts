// A table that is none, or that this role may not clean, is refused in a plain sentence, with every reason at once.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { batchedSteps } from '../../../src/domain/jobs/step.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aBlobsJob, aJob } from '../../support/jobs/builders.ts';
import { aRun } from '../../support/jobs/run-job.ts';
import { unique } from '../../support/stack.ts';

/** May do in schema sexton what the engine does there, and with the tables what each test grants. */
const ROLE = unique('janitor');

let admin: Engine;
let engine: Engine;
beforeAll(async () => {
  admin = await createEngine();
  await admin.db.query(`
    CREATE ROLE ${ROLE} LOGIN PASSWORD 'janitor';
    GRANT USAGE ON SCHEMA sexton TO ${ROLE};
    GRANT ALL ON ALL TABLES IN SCHEMA sexton TO ${ROLE};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA sexton TO ${ROLE};
    CREATE SCHEMA closed;
    CREATE TABLE closed.link (LIKE public.link INCLUDING ALL);
    CREATE VIEW public.link_view AS SELECT * FROM public.link;
    CREATE MATERIALIZED VIEW public.link_copy AS SELECT * FROM public.link;
    CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
    CREATE FOREIGN TABLE public.link_abroad (id bigint, expires_at timestamptz) SERVER nowhere;`);
  const url = new URL(admin.url);
  url.username = ROLE;
  url.password = 'janitor';
  const target = { pack: 'test-pack', name: 'app', url: url.href };
  engine = await createEngine(undefined, { databases: openDatabases({ url: admin.url }, [target]) });
});
afterAll(async () => {
  await Promise.all([engine.dependencies.databases.close(), engine.close()]);
  await admin.db.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
  await admin.close();
});

/** A table of links of its own, with what the role may do to it. */
const aTable = async (privileges: string): Promise<string> => {
  const name = unique('link');
  await admin.db.query(`
    CREATE TABLE public.${name} (LIKE public.link INCLUDING ALL);
    INSERT INTO public.${name} (expires_at) VALUES (sexton.now() - interval '2 days')`);
  if (privileges) await admin.db.query(`GRANT ${privileges} ON public.${name} TO ${ROLE}`);
  return name;
};

const begin = (job: JobSnapshot) => engine.run(engine.activities.begin, aRun(job));

const expectRefused = (job: JobSnapshot, words: string) =>
  expect(begin(job)).rejects.toMatchObject({
    type: 'PREFLIGHT_REFUSED',
    nonRetryable: true,
    message: expect.stringContaining(words),
  });

const quoted = pg.escapeIdentifier(ROLE);

describe('preflight refuses', () => {
  it.each([
    ['link_view', 'a view'],
    ['link_copy', 'a materialized view'],
    ['link_abroad', 'a foreign table'],
    ['link_pkey', 'no table'],
  ])('%s, because it is %s', (table, kind) =>
    expectRefused(aJob({ table }), `"public"."${table}" is ${kind}: rows leave only tables`),
  );

  it('a table that the role may not read, and names the grant', async () => {
    const table = await aTable('');
    await expectRefused(
      aJob({ table }),
      `role ${ROLE} may not read "public"."${table}". Run: GRANT USAGE ON SCHEMA "public" TO ${quoted}; GRANT SELECT ON "public"."${table}" TO ${quoted}`,
    );
  });

  it('one in a schema that is closed to it, whatever is granted on the table', async () => {
    await admin.db.query(`GRANT ALL ON closed.link TO ${ROLE}`);
    const job = aJob();
    const [step] = batchedSteps(job);
    if (!step) throw new Error('the job has no step');
    const steps = [{ ...step, selection: { ...step.selection, schema: 'closed' } }] as const;
    await expectRefused({ ...job, steps }, 'Run: GRANT USAGE ON SCHEMA "closed"');
  });

  it('one of which it may not read a column that the selection names', async () => {
    const table = await aTable('SELECT (id)');
    await expectRefused(aJob({ table }), 'GRANT SELECT ("expires_at") ON');
  });

  it('one that it may not delete from, and lets it pass once the named grant was made', async () => {
    const table = await aTable('SELECT');
    const grant = `GRANT DELETE ON "public"."${table}" TO ${quoted}`;
    await expectRefused(
      aJob({ table }),
      `role ${ROLE} may not delete from "public"."${table}". Run: ${grant}; nothing was deleted`,
    );
    await admin.db.query(grant);
    expect(await begin(aJob({ table }))).toMatchObject({ begun: true, plan: { eligible: 1 } });
  });

  it('one whose columns a step of objects may not write', async () => {
    const table = unique('plan');
    await admin.db.query(`
      CREATE TABLE public.${table} (id bigint PRIMARY KEY, made_at timestamptz, pdf text, pdf_deleted_at timestamptz);
      GRANT SELECT, UPDATE (pdf) ON public.${table} TO ${ROLE}`);
    const grant = `GRANT UPDATE ("pdf_deleted_at") ON "public"."${table}" TO ${quoted}`;
    await expectRefused(
      aBlobsJob({ table }),
      `may not update "pdf_deleted_at" of "public"."${table}". Run: ${grant}`,
    );
  });

  it('one whose row-level security would hide rows from it, and lets a role pass that sees them all', async () => {
    const table = await aTable('SELECT, DELETE');
    await admin.db.query(`ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY`);
    const remedy = `ALTER ROLE ${quoted} BYPASSRLS`;
    await expectRefused(
      aJob({ table }),
      `row-level security of "public"."${table}" holds for role ${ROLE}, so rows would be passed over without a word`,
    );
    await admin.db.query(remedy);
    try {
      expect(await begin(aJob({ table }))).toMatchObject({ begun: true, plan: { eligible: 1 } });
    } finally {
      await admin.db.query(`ALTER ROLE ${quoted} NOBYPASSRLS`);
    }
  });

  it('for all of its reasons at once', async () => {
    const table = await aTable('SELECT');
    await admin.db.query(`
      ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY;
      CREATE POLICY all_of_it ON public.${table} USING (true);
      DROP INDEX public.${table}_expires_at_idx;
      INSERT INTO public.${table} (expires_at) SELECT sexton.now() FROM generate_series(1, 10000);
      CREATE TABLE public.${table}_child (parent_id bigint REFERENCES public.${table});
      INSERT INTO public.${table}_child SELECT NULL FROM generate_series(1, 10000);
      ANALYZE public.${table}, public.${table}_child;`);
    const { message } = (await begin(aJob({ table, where: 'random() < 1' })).catch(
      (error: unknown) => error,
    )) as Error;
    const reasons = [
      '5 reasons: (1) role',
      'may not delete from',
      '(2) row-level security',
      `(3) foreign key "${table}_child_parent_id_fkey"`,
      '(4) no index serves "expires_at", "id"',
      '(5) the condition calls random, whose answer may change within a run; nothing was deleted',
    ];
    for (const reason of reasons) expect(message).toContain(reason);
  });
});
