// A job of objects that could not clear its rows, or would read a large table for every object, does not begin.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { aBlobsJob } from '../../support/jobs/builders.ts';
import { type BlobEngine, createBlobEngine, insertPlans, standing } from '../../support/jobs/plans.ts';
import { aRun, beginRun } from '../../support/jobs/run-job.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let engine: BlobEngine;
let redis: Redis;
beforeAll(async () => {
  engine = await createBlobEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});

/** A table of plans with whatever columns the test wants. */
const aTable = async (columns: string, rows = 3): Promise<string> => {
  const name = unique('plans');
  await engine.db.query(`
    CREATE TABLE public.${name} (id bigint PRIMARY KEY, made_at timestamptz, ${columns});
    CREATE INDEX ON public.${name} (made_at);
    INSERT INTO public.${name} (id, made_at) SELECT n, sexton.now() - interval '2 days' FROM generate_series(1, ${rows}) n;
    ANALYZE public.${name};`);
  return name;
};

const begin = (job: JobSnapshot) => engine.run(engine.activities.begin, aRun(job));

const expectRefused = async (job: JobSnapshot, words: RegExp): Promise<void> => {
  await expect(begin(job)).rejects.toMatchObject({
    type: 'PREFLIGHT_REFUSED',
    nonRetryable: true,
    message: expect.stringMatching(words),
  });
  expect(await redis.exists(job.lockKey)).toBe(0);
};

const withStamp = (job: JobSnapshot, stamped: boolean): JobSnapshot => {
  const [step] = job.steps;
  if (step.action !== 'blobs' || stamped) return job;
  const { deletedAt: _, ...blobs } = step.blobs;
  return { ...job, steps: [{ ...step, blobs }] };
};

const PDF = 'pdf text, pdf_deleted_at timestamptz';
const LARGE = 10_000;

describe('preflight refuses a job of objects whose', () => {
  it.each([
    ['path column is missing', 'pdf_deleted_at date', /has no column pdf;.*nothing was deleted/],
    ['stamp is missing', 'pdf text', /has no column pdf_deleted_at;/],
    ['path is no text', 'pdf jsonb, pdf_deleted_at date', /path column pdf is of type jsonb, not text/],
    ['stamp is no instant', 'pdf text, pdf_deleted_at boolean', /pdf_deleted_at is of type boolean/],
    [
      'path may not be empty',
      `pdf text NOT NULL DEFAULT '', pdf_deleted_at date`,
      /path column pdf cannot be cleared: it is NOT NULL or generated/,
    ],
    [
      'path is computed',
      `pdf text GENERATED ALWAYS AS ('p/' || id) STORED, pdf_deleted_at date`,
      /path column pdf cannot be cleared/,
    ],
  ])('%s', async (_, columns, words) => expectRefused(aBlobsJob({ table: await aTable(columns) }), words));

  it('path has no index on a large table, and names the statement that makes it', async () => {
    const table = await aTable(PDF, LARGE);
    await expectRefused(
      aBlobsJob({ table }),
      new RegExp(
        `Run: CREATE INDEX CONCURRENTLY ON "public"."${table}" \\("pdf"\\) WHERE "pdf" IS NOT NULL;`,
      ),
    );
  });

  it('path has an index that leaves out some of the rows that may name an object', async () => {
    const table = await aTable(PDF, LARGE);
    await engine.db.query(`CREATE INDEX ON public.${table} (pdf) WHERE pdf_deleted_at IS NULL`);
    await expectRefused(aBlobsJob({ table }), /no index serves "pdf"/);
  });
});

describe('preflight lets a job of objects pass', () => {
  it.each([
    ['a whole index', (t: string) => `CREATE INDEX ON public.${t} (pdf)`],
    [
      'the named one',
      (t: string) => `CREATE INDEX CONCURRENTLY ON "public"."${t}" ("pdf") WHERE "pdf" IS NOT NULL`,
    ],
  ])('on a large table with %s', async (_, sql) => {
    const table = await aTable(PDF, LARGE);
    await engine.db.query(sql(table));
    expect(await begin(aBlobsJob({ table }))).toMatchObject({ begun: true });
  });

  it.each([
    ['varchar(200)', 'date'],
    ['character varying', 'timestamp'],
    ['text', undefined],
  ])('whose path is a %s and whose stamp is of type %s', async (path, stamp) => {
    const table = await aTable(stamp === undefined ? `pdf ${path}` : `pdf ${path}, pdf_deleted_at ${stamp}`);
    await engine.db.query(`UPDATE public.${table} SET pdf = $1 || id`, [`${table}/`]);
    engine.fake.put([1, 2, 3].map((id) => `${table}/${id}`));
    const job = withStamp(aBlobsJob({ table }), stamp !== undefined);
    const { plan } = await beginRun(engine, aRun(job));
    const result = await engine.run(engine.activities.slice, { job, plan, slice: 1 });
    expect(result).toMatchObject({ done: true, deleted: 3, objects: 3 });
    expect(engine.fake.paths()).toEqual([]);
  });

  it('and previews it without touching row or object', async () => {
    const paths = await insertPlans(engine, 4);
    const preview = await engine.run(engine.activities.preview, aRun(aBlobsJob(), { dryRun: true }));
    expect(preview).toMatchObject({ would_delete: 4 });
    expect(await standing(engine)).toEqual({ named: paths, cleared: 0, tombstones: [], objects: paths });
  });
});
