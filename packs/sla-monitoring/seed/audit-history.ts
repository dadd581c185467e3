// What the jobs did in the last 90 days, each on its schedule and none near its budget (SLA-11). A tick's run is the
// same whenever it is seeded, and the log takes it once: nothing in it is ever changed.
import { createHash } from 'node:crypto';
import type { SeedResult } from '../../../src/index.ts';
import { rowsOf, type SeedInput } from './fill.ts';

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

/** A run as it is written down; a scenario may change it. */
export interface SeededRun {
  readonly job: string;
  readonly runId: string;
  readonly seconds: number;
  readonly records: number;
  readonly startedMs: number;
  /** Missing: it completed. */
  readonly errorCode?: string;
}

/** What becomes of a run, by its place among its job's (0 is the newest that is over); undefined where it never was. */
export type ChangeRun = (run: SeededRun, place: number) => SeededRun | undefined;

const runOf = (history: History, tick: number): SeededRun => {
  const { job } = history;
  const runId = `seed-${job}-${iso(tick)}`;
  const seconds = about(history.seconds, `${runId} seconds`);
  const perSecond = about(history.records / history.seconds, `${runId} rate`);
  const startedMs = tick + Math.round(about(400, `${runId} start`));
  return { job, runId, startedMs, seconds, records: Math.round(perSecond * seconds) };
};

const rowsOfRun = (history: History, run: SeededRun): readonly [AuditRow, AuditRow] => {
  const { resourceType, budgetSeconds, batchRows } = history;
  const { job, runId, startedMs, records, errorCode } = run;
  const durationMs = Math.round(run.seconds * 1_000);
  const batches = Math.ceil(records / batchRows);
  const averageMs = batches === 0 ? 0 : Math.round((durationMs * 0.95) / batches);
  const cutoff = iso(startedMs - history.retentionSeconds * 1_000);
  const common = { job, run_id: runId, cutoff, sla_budget_seconds: budgetSeconds, batch_size: batchRows };
  const row = (action: string, atMs: number, metadata: AuditRow['metadata']): AuditRow => ({
    action,
    resource_type: resourceType,
    run_id: runId,
    timestamp: iso(atMs),
    metadata: { ...common, ...metadata },
  });
  const failure = errorCode && { error_code: errorCode, error_message: `the run ended with ${errorCode}` };
  return [
    row('CLEANUP_STARTED', startedMs, { eligible: records, eligible_is_estimate: false }),
    row(failure ? 'CLEANUP_FAILED' : 'CLEANUP_COMPLETED', startedMs + durationMs, {
      state: failure ? 'failed' : 'completed',
      duration_seconds: durationMs / 1_000,
      records_processed: records,
      batches,
      max_batch_ms: batches > 1 ? Math.round(averageMs * 1.02) : averageMs,
      avg_batch_ms: averageMs,
      lock_wait_ms: Math.round(about(4, `${runId} lock`)),
      remaining: 0,
      ...(job === 'cleanup_pdfs' && { objects_deleted: records, objects_waiting: 0 }),
      ...failure,
    }),
  ];
};

/** Runs that were over by `now`, the newest first. */
const runsOfJob = (history: History, now: number): readonly SeededRun[] => {
  const everyMs = history.everyMinutes * MINUTE_MS;
  const ofDay = history.atMinute * MINUTE_MS;
  const newest = Math.floor((now - ofDay) / everyMs) * everyMs + ofDay;
  const ticks = Array.from({ length: (DAYS * DAY_MS) / everyMs }, (_, back) => newest - back * everyMs);
  return ticks
    .map((tick) => runOf(history, tick))
    .filter(({ startedMs, seconds }) => startedMs + Math.round(seconds * 1_000) <= now);
};

const INSERT = `
  INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, "timestamp", metadata)
  SELECT 'system:cleanup', action, resource_type, 'sla-monitoring', run_id, "timestamp", metadata
  FROM jsonb_to_recordset($1) AS row (action text, resource_type text, run_id text, "timestamp" timestamptz, metadata jsonb)
  ORDER BY "timestamp" ON CONFLICT DO NOTHING`;

/** What the log already tells otherwise of these runs: nothing in it is ever changed. */
const CONTRADICTED = `
  SELECT count(*)::int AS rows FROM sexton.audit_log log
  LEFT JOIN jsonb_to_recordset($1) AS told (action text, run_id text, "timestamp" timestamptz, metadata jsonb)
    ON told.run_id = log.run_id AND told.action = log.action AND told."timestamp" = log."timestamp"
  WHERE log.run_id = ANY($2) AND told.metadata IS DISTINCT FROM log.metadata`;

export const seedAuditHistory = async (
  { client, now }: SeedInput,
  change: ChangeRun = (run) => run,
): Promise<SeedResult> => {
  const written: AuditRow[] = [];
  const changed: string[] = [];
  for (const history of HISTORIES) {
    for (const [place, run] of runsOfJob(history, now.getTime()).entries()) {
      const told = change(run, place);
      if (told !== run) changed.push(run.runId);
      if (told) written.push(...rowsOfRun(history, told));
    }
  }
  await client.query(INSERT, [JSON.stringify(written)]);
  const others = written.filter((row) => changed.includes(row.run_id));
  const [found] = await rowsOf<{ rows: number }>(client, CONTRADICTED, [JSON.stringify(others), changed]);
  if (found && found.rows > 0)
    throw new Error(
      'the audit log tells otherwise of the runs of this scenario, and nothing in it is ever changed: seed an empty database',
    );
  await client.query('ANALYZE sexton.audit_log');
  return { table: 'sexton.audit_log', rows: written.length, eligible: 0 };
};
