// The pack's seed (SLA-11): figures, the rows at each edge, the same for the same instant; and its history against
// what is declared.
import { CronExpressionParser } from 'cron-parser';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedAuditHistory } from '../../../packs/sla-monitoring/seed/audit-history.ts';
import { scenarios } from '../../../packs/sla-monitoring/seed/index.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import type { SeedResult } from '../../../src/catalog/define/pack.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { firstStep } from '../../support/jobs/steps.ts';
import { freshDatabase } from '../../support/stack.ts';

const NOW = new Date('2026-02-10T12:00:00Z');

const TABLES = [
  'quiz_responses',
  'meal_plans',
  'magic_link_tokens',
  'email_blacklist',
  'manual_resolution_queue',
];

let catalog: Catalog;
let client: pg.Client;
let results: readonly SeedResult[];
const objects: string[] = [];
beforeAll(async () => {
  const url = await freshDatabase('sla_seed');
  catalog = await loadCatalog({ env: { DATABASE_URL: url, REDIS_URL: 'redis://localhost:6379' } });
  await migrateAll(catalog);
  client = new pg.Client({ connectionString: url });
  await client.connect();
  const put = async (paths: readonly string[]): Promise<void> => void objects.push(...paths);
  results = await scenarios.base({ database: () => client, now: NOW, blobs: { put } });
});
afterAll(() => client.end());

const rows = async (sql: string, ...values: unknown[]) => (await client.query(sql, values)).rows;

/** Hash over every row of every table that the seed fills; ids of the log count from where they stand. */
const fingerprint = async (): Promise<Record<string, string>> => {
  const prints: Record<string, string> = {};
  for (const table of TABLES) {
    const [row] = await rows(
      `SELECT md5(string_agg(t::text, '|' ORDER BY id)) AS print FROM public.${table} t`,
    );
    prints[table] = row.print;
  }
  const [log] = await rows(
    `SELECT md5(string_agg(concat(action, resource_type, "timestamp", metadata), '|' ORDER BY "timestamp", run_id, action)) AS print
     FROM sexton.audit_log`,
  );
  return { ...prints, audit_log: log.print };
};

describe('the base scenario', () => {
  it.each([
    ['quiz_responses', 'created_at', '30 days', 50_000, 8_000],
    ['meal_plans', 'pdf_generated_at', '90 days', 20_000, 2_500],
    ['magic_link_tokens', 'expires_at', '24 hours', 120_000, 30_000],
    ['email_blacklist', 'expires_at', '0', 5_000, 200],
  ])(
    'SLA-11: %s by %s: what is due is due by 1 ms at least, and nothing more for an hour',
    async (...row) => {
      const [table, column, age, count, due] = row;
      const [found] = await rows(
        `SELECT count(*)::int AS count,
         count(*) FILTER (WHERE ${column} < $1::timestamptz - $2::interval)::int AS due,
         count(*) FILTER (WHERE ${column} <= $1::timestamptz - $2::interval + interval '59 minutes')::int AS in_an_hour,
         max(${column}) FILTER (WHERE ${column} < $1::timestamptz - $2::interval)
           = $1::timestamptz - $2::interval - interval '1 ms' AS by_a_millisecond
       FROM public.${table}`,
        NOW,
        age,
      );
      expect(found).toEqual({ count, due, in_an_hour: due, by_a_millisecond: true });
      expect(results).toContainEqual({ table: `public.${table}`, rows: count, eligible: due });
    },
  );

  it('SLA-11: every meal plan names a PDF of its own, below the month it was made in, and each is in the store', async () => {
    const [found] = await rows(
      `SELECT count(DISTINCT pdf_blob_path)::int AS paths, count(*) FILTER (
         WHERE pdf_blob_path = 'meal-plans/' || to_char(pdf_generated_at AT TIME ZONE 'UTC', 'YYYY-MM') || '/' || id || '.pdf'
           AND pdf_deleted_at IS NULL)::int AS sound FROM meal_plans`,
    );
    expect(found).toEqual({ paths: 20_000, sound: 20_000 });
    const named = await rows('SELECT pdf_blob_path AS path FROM meal_plans');
    expect(objects.toSorted()).toEqual(named.map(({ path }): string => path).toSorted());
  });

  it('SLA-15: some blocked addresses never expire, some links are young and some still valid', async () => {
    const [found] = await rows(
      `SELECT (SELECT count(*)::int FROM email_blacklist WHERE expires_at IS NULL) AS forever,
         (SELECT count(*)::int FROM email_blacklist WHERE expires_at > $1) AS blocked,
         (SELECT count(*)::int FROM magic_link_tokens
          WHERE expires_at BETWEEN $1::timestamptz - interval '24 hours' AND $1) AS young,
         (SELECT count(*)::int FROM magic_link_tokens WHERE expires_at > $1) AS valid`,
      NOW,
    );
    for (const count of Object.values(found)) expect(count).toBeGreaterThan(1_000);
    expect(found.forever + found.blocked).toBe(4_800);
  });

  it('SLA-11: 600 resolved items over 30 days, 20 in each, and none that waits', async () => {
    const found = await rows(
      `SELECT floor(extract(epoch FROM $1::timestamptz - resolved_at) / 86400)::int AS day, count(*)::int AS items,
         bool_and(status = 'resolved' AND created_at < resolved_at AND resolution_note <> '') AS sound
       FROM manual_resolution_queue GROUP BY 1 ORDER BY 1`,
      NOW,
    );
    expect(found).toEqual(Array.from({ length: 30 }, (_, day) => ({ day, items: 20, sound: true })));
  });

  it('SLA-11: the same instant gives the same rows, in the log as well, which takes each run once', async () => {
    const before = await fingerprint();
    await scenarios.base({ database: () => client, now: NOW });
    expect(await fingerprint()).toEqual(before);
  });

  it('lays rows down in another order than their age, and tells the planner about them', async () => {
    const statistics = await rows(
      `SELECT tablename, correlation FROM pg_stats WHERE (tablename, attname) IN
         (('quiz_responses', 'created_at'), ('meal_plans', 'pdf_generated_at'), ('magic_link_tokens', 'expires_at'),
          ('email_blacklist', 'expires_at'))`,
    );
    expect(statistics).toHaveLength(4);
    for (const { correlation } of statistics) expect(Math.abs(correlation)).toBeLessThan(0.5);
  });
});

interface Logged {
  readonly at: Date;
  readonly run_id: string;
  readonly resource_type: string;
  readonly metadata: Readonly<Record<string, number | string>>;
}

describe('the history in the audit log', () => {
  const history = (job: string, action: string): Promise<Logged[]> =>
    rows(
      `SELECT "timestamp" AS at, run_id, resource_type, metadata FROM sexton.audit_log
       WHERE action = $1 AND metadata ->> 'job' = $2 AND pack = 'sla-monitoring' AND actor = 'system:cleanup'
       ORDER BY "timestamp" DESC`,
      action,
      job,
    );

  const jobs = ['cleanup_quiz_responses', 'cleanup_pdfs', 'cleanup_magic_links', 'cleanup_blacklist'];

  const declared = (name: string) => {
    const job = catalog.jobs.find((each) => each.name === name);
    if (!job) throw new Error(`no job ${name}`);
    const { snapshot, schedule } = job;
    return {
      schedule,
      resourceType: snapshot.resourceType,
      budget: snapshot.budgetSeconds,
      step: firstStep(snapshot),
    };
  };

  it.each(jobs)(
    'SLA-11: has a start and an ending of %s for each tick of 90 days of its schedule',
    async (job) => {
      const ticks = CronExpressionParser.parse(declared(job).schedule, { currentDate: NOW, tz: 'UTC' });
      const from = NOW.getTime() - 90 * 86_400_000;
      const expected: string[] = [];
      for (let tick = ticks.prev().toDate(); tick.getTime() >= from; tick = ticks.prev().toDate())
        expected.push(`seed-${job}-${tick.toISOString()}`);
      expect(expected).toHaveLength(job === 'cleanup_magic_links' ? 2_160 : 90);
      for (const action of ['CLEANUP_STARTED', 'CLEANUP_COMPLETED']) {
        const found = await history(job, action);
        expect(found.map(({ run_id }) => run_id)).toEqual(expected);
        expect(found[0]!.at.getTime()).toBeLessThan(NOW.getTime());
      }
    },
  );

  it.each(jobs)('SLA-09, SLA-14, SLA-21: tells of each run of %s in full, as it is declared', async (job) => {
    const { resourceType, budget, step } = declared(job);
    const started = new Map((await history(job, 'CLEANUP_STARTED')).map((row) => [row.run_id, row]));
    for (const { run_id, at, resource_type, metadata } of await history(job, 'CLEANUP_COMPLETED')) {
      const start = started.get(run_id)!;
      const seconds = (at.getTime() - start.at.getTime()) / 1_000;
      const cutoff = new Date(start.at.getTime() - step.selection.age.olderThanSeconds * 1_000).toISOString();
      expect([resource_type, start.resource_type]).toEqual([resourceType, resourceType]);
      expect(metadata).toMatchObject({
        job,
        run_id,
        cutoff,
        sla_budget_seconds: budget,
        batch_size: step.batchRows,
      });
      expect(metadata['duration_seconds']).toBeCloseTo(seconds, 3);
      expect(metadata['batches']).toBe(Math.ceil(Number(metadata['records_processed']) / step.batchRows));
      for (const figure of ['max_batch_ms', 'avg_batch_ms', 'lock_wait_ms', 'records_processed'])
        expect(metadata[figure]).toBeGreaterThan(0);
      expect(Number(metadata['batches']) * Number(metadata['avg_batch_ms'])).toBeLessThanOrEqual(
        seconds * 1_000,
      );
      expect(start.metadata).toMatchObject({ cutoff, eligible: metadata['records_processed'] });
    }
  });

  it.each(jobs)(
    'SLA-11: looks like no breach: %s never used half its budget and kept its pace',
    async (job) => {
      const found = await history(job, 'CLEANUP_COMPLETED');
      const paces = found.map(
        ({ metadata }) => Number(metadata['records_processed']) / Number(metadata['duration_seconds']),
      );
      const median = paces.toSorted((a, b) => a - b)[Math.floor(paces.length / 2)]!;
      for (const { metadata } of found)
        expect(Number(metadata['duration_seconds'])).toBeLessThan(declared(job).budget / 2);
      for (const pace of paces) expect(Math.abs(pace / median - 1)).toBeLessThan(0.3);
    },
  );

  it('SLA-11: a tick’s run is the same in every database, whenever it is seeded', async () => {
    const url = await freshDatabase('sla_history');
    await migrateAll({
      ...catalog,
      home: { url },
      databases: catalog.databases.map((each) => ({ ...each, url })),
    });
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await seedAuditHistory({ client: other, now: new Date('2026-02-10T12:11:00Z') });
    const read = async (from: pg.Client) =>
      (
        await from.query(
          `SELECT actor, action, resource_type, "timestamp", metadata, pack, run_id FROM sexton.audit_log
           WHERE "timestamp" BETWEEN '2025-11-13' AND '2026-02-10T12:00:00Z' ORDER BY run_id, action`,
        )
      ).rows;
    const found = await read(other);
    await other.end();
    expect(found).toEqual(await read(client));
  });

  it('SLA-11: seeded again 15 min later, the log gains the runs in between and changes none', async () => {
    const read = () => rows('SELECT * FROM sexton.audit_log ORDER BY id');
    const before = await read();
    // The links' run of 12:10 takes over a minute: at 12:11 it is not over, at 12:15 it is.
    for (const [at, more] of [
      ['12:11', 0],
      ['12:15', 2],
    ] as const) {
      await seedAuditHistory({ client, now: new Date(`2026-02-10T${at}:00Z`) });
      const after = await read();
      expect(after.slice(0, before.length)).toEqual(before);
      expect(after.slice(before.length)).toHaveLength(more);
    }
  });
});
