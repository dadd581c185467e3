// The cleanup pack's database for tests of its reports, Sexton's own rows included: a clock that stands still, so that ages
// are exact, rows of its log and its queue, and its reports as people are shown them.
import type { Client } from '@temporalio/client';
import pg from 'pg';
import { declaredIn } from '../../../src/activities/measures/declared.ts';
import { createRunReport } from '../../../src/activities/reports/run-report.ts';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import type { ReportAnswer } from '../../../src/domain/reports/answer.ts';
import type { ReportRow, ReportValue } from '../../../src/domain/reports/report.ts';
import { freshDatabase } from '../stack.ts';
import { slaCatalog } from './sla-pack.ts';

/** What the clock of the database says; a Tuesday. */
export const NOW = '2026-02-10T12:15:00.000Z';

/** So many seconds before. */
export const ago = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** A run as its rows in the log tell it. */
export interface LoggedRun {
  readonly job: string;
  /** Of its ending: so many seconds before now. */
  readonly endedAgo?: number;
  /** Goes on since so many seconds. */
  readonly runningFor?: number;
  readonly seconds?: number;
  readonly records?: number;
  /** It failed with this code. */
  readonly failed?: string;
  readonly ending?: string;
  readonly runId?: string;
  readonly actor?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Its start was never written, or is lost. */
  readonly withoutStart?: true;
}

type Params = Readonly<Record<string, string | number>>;

export interface SlaReports {
  readonly catalog: Catalog;
  readonly db: pg.Pool;
  readonly report: (name: string, params?: Params) => Promise<ReportAnswer>;
  /** Rows of its first table, the named columns only. */
  readonly cells: (
    name: string,
    columns: readonly string[],
    params?: Params,
  ) => Promise<readonly (readonly ReportValue[])[]>;
  readonly log: (runs: readonly LoggedRun[]) => Promise<void>;
  /** Items that wait since so many hours. */
  readonly queue: (hours: readonly number[], more?: object) => Promise<void>;
  /** Items that were resolved so many hours ago. */
  readonly resolved: (hours: readonly number[]) => Promise<void>;
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
}

let numbers = 0;

const rowsOf = (run: LoggedRun): readonly object[] => {
  const { job, endedAgo = 60, runningFor, seconds = 10, records, failed, runId, actor, metadata } = run;
  const id = runId ?? `run-${(numbers += 1)}`;
  const row = (action: string, at: string, more: object) => ({
    actor: actor ?? 'system:cleanup',
    action,
    resource_type: job,
    run_id: id === '' ? null : id,
    timestamp: at,
    metadata: { job, ...more },
  });
  if (runningFor !== undefined) return [row('CLEANUP_STARTED', ago(runningFor), { ...metadata })];
  const ending = run.ending ?? (failed === undefined ? 'CLEANUP_COMPLETED' : 'CLEANUP_FAILED');
  const told = metadata?.['run_id'] === undefined ? {} : { run_id: metadata['run_id'] };
  return [
    ...(run.withoutStart ? [] : [row('CLEANUP_STARTED', ago(endedAgo + seconds), told)]),
    row(ending, ago(endedAgo), {
      ...(records !== undefined && { records_processed: records }),
      ...(failed !== undefined && { error_code: failed }),
      ...metadata,
    }),
  ];
};

const LOG = `
  INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, "timestamp", metadata)
  SELECT actor, action, resource_type, 'sla-monitoring', run_id, "timestamp", metadata
  FROM jsonb_to_recordset($1) AS row
    (actor text, action text, resource_type text, run_id text, "timestamp" timestamptz, metadata jsonb)`;

const QUEUE = `
  INSERT INTO public.manual_resolution_queue
    (source_job, resource_type, resource_id, failure_mode, priority, status, created_at, resolved_at)
  SELECT coalesce(r.source_job, 'cleanup_pdfs'), 'meal_plan_pdf', gen_random_uuid()::text,
    coalesce(r.failure_mode, 'blob_refused'), coalesce(r.priority, 'normal'), r.status, r.created_at, r.resolved_at
  FROM jsonb_to_recordset($1) AS r (source_job text, failure_mode text, priority text, status text,
    created_at timestamptz, resolved_at timestamptz)`;

/** A clock that stands still, and a log that a test may empty, which nothing else may. */
const FOR_TESTS = `
  CREATE OR REPLACE FUNCTION sexton.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT timestamptz '${NOW}' $$;
  ALTER TABLE sexton.audit_log DISABLE TRIGGER append_only;`;

export const openSlaReports = async (prefix: string): Promise<SlaReports> => {
  const url = await freshDatabase(prefix);
  const catalog = slaCatalog({ DATABASE_URL: url });
  await migrateAll(catalog);
  const databases = openDatabases(catalog.home, catalog.databases);
  const db = new pg.Pool({ connectionString: url, max: 3 });
  await db.query(FOR_TESTS);
  const run = createRunReport({ databases, temporal: {} as Client, declared: declaredIn(catalog) });
  const report: SlaReports['report'] = (name, params = {}) => {
    const found = catalog.reports.find((each) => each.id === `sla-monitoring/report/${name}`);
    if (!found) throw new Error(`no report ${name}`);
    return run({ report: found, params });
  };
  return {
    catalog,
    db,
    report,
    cells: async (name, columns, params) =>
      (await report(name, params)).tables[0].rows.map((row: ReportRow) =>
        columns.map((column) => row[column] ?? null),
      ),
    log: async (runs) => void (await db.query(LOG, [JSON.stringify(runs.flatMap(rowsOf))])),
    queue: async (hours, more = {}) => {
      const rows = hours.map((each) => ({ status: 'pending', created_at: ago(each * HOUR), ...more }));
      await db.query(QUEUE, [JSON.stringify(rows)]);
    },
    resolved: async (hours) => {
      const rows = hours.map((each) => ({
        status: 'resolved',
        created_at: ago((each + 1) * HOUR),
        resolved_at: ago(each * HOUR),
      }));
      await db.query(QUEUE, [JSON.stringify(rows)]);
    },
    empty: async () => {
      await db.query(
        'TRUNCATE sexton.audit_log, sexton.manual_resolution_queue, sexton.ledger, sexton.fence',
      );
    },
    close: async () => {
      await Promise.all([databases.close(), db.end()]);
    },
  };
};
