// Four weeks of hourly runs, this one so far among them; two weeks ago two failed and one never came, as in DRAFT-52.
import type { SeedConnection, SeedResult } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';
import { DAY_MS, HOUR_MS, iso, spread, startOfHour, startOfWeek } from './hours.ts';

export interface SeededRun {
  /** Null of one that no schedule started. */
  readonly slotMs: number | null;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly status: 'succeeded' | 'failed';
  readonly deleted: number;
  readonly error?: string;
}

const WEEKS_BEFORE = 3;

/** From the Monday on two weeks before this one. */
const FAILED = [2 * DAY_MS + 5 * HOUR_MS, 4 * DAY_MS + 17 * HOUR_MS];
const MISSED = 3 * DAY_MS + 9 * HOUR_MS;

const fateOf = (slotMs: number, nowMs: number): 'succeeded' | 'failed' | 'missed' => {
  const since = slotMs - (startOfWeek(nowMs) - 14 * DAY_MS);
  if (since === MISSED) return 'missed';
  return FAILED.includes(since) ? 'failed' : 'succeeded';
};

/** When a draft that became overdue at an instant was deleted: by the first run that succeeded after it. */
export const cleanedAt = (dueMs: number, nowMs: number): number => {
  let slot = startOfHour(dueMs) + HOUR_MS;
  while (fateOf(slot, nowMs) !== 'succeeded') slot += HOUR_MS;
  return slot + 1_500;
};

/** Oldest first; `deletedIn` tells how many drafts went in the hour of a slot. */
export const hourlyRuns = (nowMs: number, deletedIn: ReadonlyMap<number, number>): readonly SeededRun[] => {
  const first = startOfWeek(nowMs) - WEEKS_BEFORE * 7 * DAY_MS;
  const slots = Array.from(
    { length: Math.floor((nowMs - first) / HOUR_MS) + 1 },
    (_, hour) => first + hour * HOUR_MS,
  );
  return slots.flatMap((slotMs, place): SeededRun[] => {
    const fate = fateOf(slotMs, nowMs);
    const startedMs = slotMs + 300 + Math.round(spread(place + 1) * 900);
    const endedMs = startedMs + 2_000 + Math.round(spread(place + 7) * 4_000);
    if (fate === 'missed' || endedMs > nowMs) return [];
    const deleted = fate === 'failed' ? 0 : (deletedIn.get(slotMs) ?? 0);
    return [
      {
        slotMs,
        startedMs,
        endedMs,
        status: fate,
        deleted,
        ...(fate === 'failed' && { error: 'TARGET_UNREACHABLE' }),
      },
    ];
  });
};

const INSERT = `
  INSERT INTO public.job_runs (run_id, jobname, slot, started_at, ended_at, status, trigger, deleted_count, error)
  SELECT 'seed-' || '${CLEANUP_JOB}' || '-' || "startedAt", '${CLEANUP_JOB}', slot, "startedAt"::timestamptz, "endedAt", status,
    CASE WHEN slot IS NULL THEN 'manual' ELSE 'schedule' END, deleted, error
  FROM jsonb_to_recordset($1) AS run (slot timestamptz, "startedAt" text, "endedAt" timestamptz, status text, deleted int,
    error text)`;

export const seedRuns = async (client: SeedConnection, runs: readonly SeededRun[]): Promise<SeedResult> => {
  const rows = runs.map(({ slotMs, startedMs, endedMs, ...rest }) => ({
    ...rest,
    slot: slotMs === null ? null : iso(slotMs),
    startedAt: iso(startedMs),
    endedAt: iso(endedMs),
  }));
  await client.query(INSERT, [JSON.stringify(rows)]);
  return { table: 'public.job_runs', rows: rows.length, eligible: 0 };
};
