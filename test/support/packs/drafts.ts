// The draft pack's database for tests: a clock that stands still, so that ages are exact to the microsecond, rows for it, and
// its reports as people are shown them.
import type { Client } from '@temporalio/client';
import pg from 'pg';
import { createRunReport } from '../../../src/activities/reports/run-report.ts';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { bandOf } from '../../../src/domain/reports/bands.ts';
import { cellJson } from '../../../src/domain/reports/cells.ts';
import type { Band, ReportValue } from '../../../src/domain/reports/report.ts';
import { freshDatabase, redisUrl } from '../stack.ts';

/** By age in hours, or by instant. Unused unless it says otherwise; of no organization unless one is named. */
interface CourseRow {
  readonly age?: number;
  readonly createdAt?: string;
  readonly used?: boolean;
  readonly status?: string;
  readonly organization?: string;
  readonly title?: string;
}

interface LedgerRow {
  readonly createdAt: string;
  readonly usedAfterSeconds?: number;
  readonly activeForSeconds?: number;
}

/** A success of two seconds unless it says otherwise; of a schedule where it has a slot. */
export interface RunRow {
  readonly startedAt: string;
  readonly slot?: string;
  readonly status?: string;
  readonly trigger?: string;
  readonly seconds?: number;
  readonly deleted?: number;
  readonly error?: string;
}

/** Rows as JSON has them: rounded numbers, null for nothing. */
interface Shown {
  readonly rows: readonly (readonly ReportValue[])[];
  readonly sections: Readonly<Record<string, readonly (readonly ReportValue[])[]>>;
  readonly lines: readonly string[];
  readonly cell: (row: number, column: string) => ReportValue | undefined;
  /** Of the first row. */
  readonly bands: Readonly<Record<string, Band | undefined>>;
  readonly bandsOf: (row: number) => Readonly<Record<string, Band | undefined>>;
}

type Params = Readonly<Record<string, string | number>>;

export interface Drafts {
  readonly catalog: Catalog;
  readonly db: pg.Pool;
  readonly url: string;
  /** Stops the database's clock at an instant. */
  readonly at: (instant: string) => Promise<void>;
  readonly empty: () => Promise<void>;
  readonly put: (rows: readonly CourseRow[]) => Promise<void>;
  readonly ledger: (rows: readonly LedgerRow[]) => Promise<void>;
  readonly runs: (rows: readonly RunRow[]) => Promise<void>;
  readonly snapshots: (
    rows: readonly (readonly [at: string, total: number, unused: number])[],
  ) => Promise<void>;
  readonly ask: (report: number | string, params?: Params) => Promise<Shown>;
  readonly close: () => Promise<void>;
}

const PACK = 'draft-cleanup';

const PUT = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1) AS g (age float8, "createdAt" timestamptz, used boolean, status text,
      organization text, title text)
  ), organizations AS (
    INSERT INTO organizations (id, name) SELECT DISTINCT md5(organization)::uuid, organization FROM given
    WHERE organization IS NOT NULL ON CONFLICT DO NOTHING
  )
  INSERT INTO courses (organization_id, title, status, generation_status, created_at, updated_at)
  SELECT md5(organization)::uuid, title, coalesce(status, 'draft'), CASE WHEN used THEN 'done' END, at, at
  FROM given CROSS JOIN LATERAL (
    SELECT coalesce("createdAt", sexton.now() - make_interval(secs => round(age * 3600))) AS at) AS created`;

const LEDGER = `
  INSERT INTO draft_ledger (course_id, created_at, used_at, last_activity_at)
  SELECT gen_random_uuid(), "createdAt", "createdAt" + make_interval(secs => "usedAfterSeconds"),
    "createdAt" + make_interval(secs => coalesce("usedAfterSeconds", "activeForSeconds", 0))
  FROM jsonb_to_recordset($1) AS g ("createdAt" timestamptz, "usedAfterSeconds" float8, "activeForSeconds" float8)`;

const RUNS = `
  INSERT INTO job_runs (run_id, jobname, slot, started_at, ended_at, status, trigger, deleted_count, error)
  SELECT gen_random_uuid(), 'cleanup-old-drafts-hourly', slot, "startedAt",
    CASE WHEN coalesce(status, '') <> 'running' THEN "startedAt" + make_interval(secs => coalesce(seconds, 2)) END,
    coalesce(status, 'succeeded'), coalesce(trigger, CASE WHEN slot IS NULL THEN 'manual' ELSE 'schedule' END),
    coalesce(deleted, 0), error
  FROM jsonb_to_recordset($1) AS g ("startedAt" timestamptz, slot timestamptz, status text, trigger text, seconds float8,
    deleted int, error text)`;

/** `redis` is a database of Redis that no other test uses. */
export const openDrafts = async ({
  redis = `${redisUrl()}/7`,
}: {
  readonly redis?: string;
} = {}): Promise<Drafts> => {
  const url = await freshDatabase('drafts');
  const catalog = await loadCatalog({ env: { DATABASE_URL: url, REDIS_URL: redis } });
  await migrateAll(catalog);
  const databases = openDatabases(catalog.home, catalog.databases);
  const db = new pg.Pool({ connectionString: url, max: 2 });
  const insert = (sql: string) => async (rows: readonly unknown[]) => {
    await db.query(sql, [JSON.stringify(rows)]);
  };
  const run = createRunReport({ databases, temporal: {} as Client, redisUrl: redis });
  return {
    catalog,
    db,
    url,
    at: async (instant) => {
      await db.query(`CREATE OR REPLACE FUNCTION sexton.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT timestamptz ${pg.escapeLiteral(instant)} $$`);
    },
    empty: async () => {
      await db.query('TRUNCATE courses, organizations, draft_ledger, draft_snapshots, job_runs');
    },
    put: insert(PUT),
    ledger: insert(LEDGER),
    runs: insert(RUNS),
    snapshots: async (rows) => {
      for (const [at, total, unused] of rows)
        await db.query('INSERT INTO draft_snapshots VALUES ($1, $2::int, $3::int, $2::int - $3::int)', [
          at,
          total,
          unused,
        ]);
    },
    ask: async (name, params = {}) => {
      const report = catalog.reports.find(
        (each) => each.pack === PACK && (each.name === name || each.report.number === name),
      );
      if (!report) throw new Error(`no report ${name}`);
      const answer = await run({ report, params });
      const [own, ...sections] = answer.tables;
      const shown = (table: typeof own) =>
        table.rows.map((row) => table.columns.map((column) => cellJson(column, row[column.name] ?? null)));
      const rows = shown(own);
      const bandsOf = (place: number) =>
        Object.fromEntries(own.columns.map((column) => [column.name, bandOf(column, own.rows[place] ?? {})]));
      return {
        rows,
        sections: Object.fromEntries(sections.map((section) => [section.name, shown(section)])),
        lines: answer.lines,
        cell: (row, column) => rows[row]?.[own.columns.findIndex(({ name: each }) => each === column)],
        bands: bandsOf(0),
        bandsOf,
      };
    },
    close: async () => {
      await db.end();
      await databases.close();
    },
  };
};
