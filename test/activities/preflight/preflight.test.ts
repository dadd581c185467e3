// A job that would harm its database, or whose condition means something else than it says, does not begin.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { Selection } from '../../../src/domain/jobs/step.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { firstStep } from '../../support/jobs/steps.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let engine: Engine;
let redis: Redis;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
  await engine.db.query(`
    CREATE TABLE public.unindexed (id bigint PRIMARY KEY, expires_at timestamptz, used boolean);
    INSERT INTO public.unindexed SELECT n, sexton.now() - interval '2 days' FROM generate_series(1, 9999) n;
    CREATE TABLE public.never_analysed (id bigint PRIMARY KEY, expires_at timestamptz) WITH (autovacuum_enabled = off);
    CREATE TABLE public.odd (id bigint PRIMARY KEY, expires_at text, span daterange);
    CREATE FUNCTION public.flips() RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT true';
    CREATE FUNCTION public.holds() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
    CREATE FUNCTION public.unlike(bigint, bigint) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT $1 <> $2';
    CREATE OPERATOR public.<~> (FUNCTION = public.unlike, LEFTARG = bigint, RIGHTARG = bigint);`);
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 3, 25);
});

const select = (job: JobSnapshot, change: Partial<Selection>): JobSnapshot => ({
  ...job,
  steps: [{ ...firstStep(job), selection: { ...firstStep(job).selection, ...change } }],
});

const begin = (job: JobSnapshot) =>
  engine.run(engine.activities.begin, {
    job,
    request: {},
    run: { runId: unique('run'), workflowId: unique('job/test') },
  });

/** Refused with these words, final, and without a trace: no lock, no fence, no start row, no row gone. */
const expectRefused = async (job: JobSnapshot, words: RegExp): Promise<void> => {
  const before = await countLinks(engine.db);
  await expect(begin(job)).rejects.toMatchObject({
    type: 'PREFLIGHT_REFUSED',
    nonRetryable: true,
    message: expect.stringMatching(words),
  });
  expect(await redis.exists(job.lockKey)).toBe(0);
  const { rows } = await engine.db.query(
    `SELECT 1 FROM sexton.fence WHERE resource = $1
     UNION ALL SELECT 1 FROM sexton.audit_log a JOIN sexton.run r USING (run_id) WHERE r.lock_key = $1`,
    [job.lockKey],
  );
  expect(rows).toEqual([]);
  expect(await countLinks(engine.db)).toBe(before);
};

describe('preflight refuses a selection whose', () => {
  it('table is missing', () =>
    expectRefused(
      aJob({ table: 'nowhere' }),
      /table "public"\."nowhere" does not exist.*nothing was deleted/,
    ));

  it('columns are missing, and names each of them once', () =>
    expectRefused(
      select(aJob(), { key: ['uid'], orderBy: ['expires_at', 'uid', 'rank'] }),
      /has no column uid, rank;/,
    ));

  it.each(['expires_at', 'span', 'id'])('age column %s is no instant', (column) =>
    expectRefused(
      select(aJob({ table: 'odd' }), { age: { column, olderThanSeconds: 60 }, orderBy: [column] }),
      /age column \w+ is of type (text|daterange|bigint), not a timestamp or date/,
    ),
  );
});

describe('preflight refuses an order', () => {
  it('by a column that may be empty: no window could begin after such a row', () =>
    expectRefused(
      select(aJob(), { orderBy: ['expires_at', 'note', 'id'] }),
      /cannot be walked through in the order of note, which may be NULL/,
    ));
});

describe('preflight and the age index', () => {
  it('lets a small table pass without one', async () => {
    await engine.db.query('ANALYZE public.unindexed');
    expect(await begin(aJob({ table: 'unindexed' }))).toMatchObject({ begun: true });
  });

  it('refuses a table of 10,000 rows without one, and names the statement that makes it', async () => {
    await engine.db.query(
      "INSERT INTO public.unindexed VALUES (10000, sexton.now() - interval '2 days'); ANALYZE public.unindexed",
    );
    await expectRefused(
      aJob({ table: 'unindexed' }),
      /Run: CREATE INDEX CONCURRENTLY ON "public"\."unindexed" \("expires_at", "id"\)/,
    );
  });

  it('is not served by a partial index, nor by one that another column leads', async () => {
    await engine.db.query(`
      CREATE INDEX half ON public.unindexed (expires_at) WHERE used;
      CREATE INDEX second ON public.unindexed (used, expires_at);`);
    await expectRefused(aJob({ table: 'unindexed' }), /no index serves/);
  });

  it('lets it pass once the named statement was run', async () => {
    await engine.db.query('CREATE INDEX CONCURRENTLY ON "public"."unindexed" ("expires_at", "id")');
    expect(await begin(aJob({ table: 'unindexed' }))).toMatchObject({ begun: true });
  });

  it('knows the size of a table that nobody has analysed yet', async () => {
    await engine.db.query(
      "INSERT INTO public.never_analysed SELECT n, sexton.now() - interval '2 days' FROM generate_series(1, 15000) n",
    );
    await expectRefused(aJob({ table: 'never_analysed' }), /no index serves/);
  });

  it('knows the size of a table that grew since it was analysed', async () => {
    await engine.db.query('TRUNCATE public.never_analysed');
    const fill = `INSERT INTO public.never_analysed
      SELECT n, sexton.now() - interval '2 days' FROM generate_series($1::int, $2::int) n`;
    await engine.db.query(fill, [1, 2_000]);
    await engine.db.query('ANALYZE public.never_analysed');
    await engine.db.query(fill, [2_001, 15_000]);
    await expectRefused(aJob({ table: 'never_analysed' }), /no index serves/);
  });
});

describe('preflight refuses a condition that', () => {
  it.each([
    ['is no boolean', 'length(note)', /is not a boolean SQL expression/],
    ['names a column that is not there', 'usd', /column "usd" does not exist/],
    ['is no SQL', 'note note note', /syntax error/],
    ['is two conditions that undo the age between them', 'note IS NULL) OR (true', /is not a boolean SQL/],
    ['opens a bracket that it does not close', '(note IS NULL', /is not a boolean SQL/],
    ['brings a second statement', 'true; DELETE FROM public.link', /is not a boolean SQL/],
    [
      'brings a second statement that closes our bracket and opens its own',
      'true); DELETE FROM public.link; SELECT 1 WHERE (true',
      /is not a boolean SQL/,
    ],
    ['comments the rest of ours away', 'true) -- (', /is not a boolean SQL/],
    ['brings clauses of its own', 'true ORDER BY 1', /is not a boolean SQL/],
    ['aggregates', 'count(*) > 1', /is not a boolean SQL/],
    ['asks for a random number', 'random() < 2', /calls random, whose answer may change within a run/],
    ['asks for it in capitals, with a blank', 'RANDOM () < 2', /calls random/],
    ['asks for it in quotation marks', '"random"() < 2', /calls random/],
    ['asks for it behind a comment', 'random/* */() < 2', /calls random/],
    ['asks for it by its full name', 'pg_catalog.random() < 2', /calls random/],
    ['asks for it in a subquery', 'id > (SELECT random() - 1)', /calls random/],
    ['asks the wall clock', 'clock_timestamp() > expires_at', /calls clock_timestamp/],
    ['calls a volatile function of the pack', 'public.flips()', /calls flips/],
    ['calls a volatile function through an operator', 'id <~> 7', /calls unlike/],
    ['draws from a sequence', "nextval('public.link_id_seq') > 0", /calls nextval/],
  ])('%s', async (_, where, words) => {
    await expectRefused(aJob({ where }), words);
  });
});

describe('preflight lets a condition pass that', () => {
  it.each([
    ['compares columns', "note IS DISTINCT FROM 'keep'"],
    ['asks the one clock', "expires_at < sexton.now() - interval '1 day'"],
    ['calls a stable function of the pack', 'public.holds()'],
    ['has an OR of its own', "note = 'a' OR note IS NULL"],
    ['ends with a comment', 'note IS NULL -- not used yet'],
    ['asks another table', 'NOT EXISTS (SELECT 1 FROM public.odd o WHERE o.id = link.id)'],
    [
      'only speaks of a volatile function in a text',
      "note IS DISTINCT FROM 'random() and clock_timestamp()'",
    ],
  ])('%s', async (_, where) => {
    expect(await begin(aJob({ where }))).toMatchObject({ begun: true, plan: { eligible: 3 } });
  });

  it('and leaves nothing behind in the database', async () => {
    const objects = 'SELECT count(*)::int AS n FROM pg_class';
    const before = (await engine.db.query(objects)).rows[0].n;
    await begin(aJob({ where: 'note IS NULL' }));
    expect((await engine.db.query(objects)).rows[0].n).toBe(before);
  });
});
