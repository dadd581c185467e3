// What the jobs did in the last 90 days, each on its schedule and none near its budget (SLA-11). A tick's run is the
// same whenever it is seeded, and the log takes it once: nothing in it is ever changed.
import { createHash } from 'node:crypto';
import type { SeedResult } from '../../../src/index.ts';
import type { SeedInput } from './fill.ts';

const DAYS = 90;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

interface History {
  readonly job: string;
  readonly resourceType: string;
  /** Ticks fall so many minutes after each whole multiple of `everyMinutes`, counted from midnight. */
  readonly everyMinutes: number;
  readonly atMinute: number;
  readonly budgetSeconds: number;
  readonly retentionSeconds: number;
  readonly batchRows: number;
  /** Means of a run: as many rows as come due between two ticks in the seed's own tables. */
  readonly records: number;
  readonly seconds: number;
}

/** A test holds what is declared elsewhere against the declarations. */
const HISTORIES: readonly History[] = [
  {
    job: 'cleanup_quiz_responses',
    resourceType: 'quiz_response',
    everyMinutes: 1_440,
    atMinute: 120,
    budgetSeconds: 3_600,
    retentionSeconds: 30 * 86_400,
    batchRows: 1_000,
    records: 1_400,
    seconds: 1_200,
  },
  {
    job: 'cleanup_pdfs',
    resourceType: 'meal_plan_pdf',
    everyMinutes: 1_440,
    atMinute: 180,
    budgetSeconds: 7_200,
    retentionSeconds: 90 * 86_400,
    batchRows: 100,
    records: 195,
    seconds: 1_800,
  },
  {
    job: 'cleanup_magic_links',
    resourceType: 'magic_link',
    everyMinutes: 60,
    atMinute: 10,
    budgetSeconds: 300,
    retentionSeconds: 86_400,
    batchRows: 1_000,
    records: 3_750,
    seconds: 90,
  },
  {
    job: 'cleanup_blacklist',
    resourceType: 'email_blacklist',
    everyMinutes: 1_440,
    atMinute: 90,
    budgetSeconds: 600,
    retentionSeconds: 0,
    batchRows: 500,
    records: 12,
    seconds: 60,
  },
];

interface AuditRow {
  readonly action: string;
  readonly resource_type: string;
  readonly run_id: string;
  readonly timestamp: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** From 0 to 1, the same for the same text. */
const chance = (text: string): number => createHash('md5').update(text).digest().readUInt32BE() / 2 ** 32;

/** At most an eighth off: far from what would pass for an anomaly, a trend or a drop. */
const about = (mean: number, text: string): number => mean * (0.875 + chance(text) / 4);

const iso = (ms: number): string => new Date(ms).toISOString();

const rowsOfRun = (history: History, tick: number): readonly [AuditRow, AuditRow] => {
  const { job, resourceType, budgetSeconds, batchRows } = history;
  const runId = `seed-${job}-${iso(tick)}`;
  const startedMs = tick + Math.round(about(400, `${runId} start`));
  const seconds = about(history.seconds, `${runId} seconds`);
  const durationMs = Math.round(seconds * 1_000);
  const perSecond = about(history.records / history.seconds, `${runId} rate`);
  const records = Math.round(perSecond * seconds);
  const batches = Math.ceil(records / batchRows);
  const averageMs = Math.round((durationMs * 0.95) / batches);
  const cutoff = iso(startedMs - history.retentionSeconds * 1_000);
  const common = { job, run_id: runId, cutoff, sla_budget_seconds: budgetSeconds, batch_size: batchRows };
  const row = (action: string, atMs: number, metadata: AuditRow['metadata']): AuditRow => ({
    action,
    resource_type: resourceType,
    run_id: runId,
    timestamp: iso(atMs),
    metadata: { ...common, ...metadata },
  });
  return [
    row('CLEANUP_STARTED', startedMs, { eligible: records, eligible_is_estimate: false }),
    row('CLEANUP_COMPLETED', startedMs + durationMs, {
      state: 'completed',
      duration_seconds: durationMs / 1_000,
      records_processed: records,
      batches,
      max_batch_ms: batches > 1 ? Math.round(averageMs * 1.02) : averageMs,
      avg_batch_ms: averageMs,
      lock_wait_ms: Math.round(about(4, `${runId} lock`)),
      remaining: 0,
      ...(job === 'cleanup_pdfs' && { objects_deleted: records, objects_waiting: 0 }),
    }),
  ];
};

/** Runs that were over by `now`. */
const rowsOfJob = (history: History, now: number): readonly AuditRow[] => {
  const everyMs = history.everyMinutes * MINUTE_MS;
  const ofDay = history.atMinute * MINUTE_MS;
  const newest = Math.floor((now - ofDay) / everyMs) * everyMs + ofDay;
  const ticks = Array.from({ length: (DAYS * DAY_MS) / everyMs }, (_, back) => newest - back * everyMs);
  return ticks
    .map((tick) => rowsOfRun(history, tick))
    .flatMap((rows) => (rows[1].timestamp <= iso(now) ? rows : []));
};

const INSERT = `
  INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, "timestamp", metadata)
  SELECT 'system:cleanup', action, resource_type, 'sla-monitoring', run_id, "timestamp", metadata
  FROM jsonb_to_recordset($1) AS row (action text, resource_type text, run_id text, "timestamp" timestamptz, metadata jsonb)
  ORDER BY "timestamp" ON CONFLICT DO NOTHING`;

export const seedAuditHistory = async ({ client, now }: SeedInput): Promise<SeedResult> => {
  const rows = HISTORIES.flatMap((history) => rowsOfJob(history, now.getTime()));
  await client.query(INSERT, [JSON.stringify(rows)]);
  await client.query('ANALYZE sexton.audit_log');
  return { table: 'sexton.audit_log', rows: rows.length, eligible: 0 };
};
