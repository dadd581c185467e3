// What every scenario of the pack is made of: live drafts, the history behind them, the runs of four weeks, and open forms in
// Redis. A scenario says in what it differs from a quiet day.
import type { Scenario, SeedConnection, SeedResult } from '../../../src/index.ts';
import { DATABASE, SESSION_KEYS } from '../names.ts';
import { DAYS } from './days.ts';
import { deletedByHour, pastDrafts, seedLedger } from './ledger.ts';
import { type LiveDraft, STEADY, seedLive } from './live.ts';
import { hourlyRuns, type SeededRun, seedRuns } from './runs.ts';
import { seedSnapshots } from './snapshots.ts';

/** The default of DRAFT_REDIS_CUTOVER_AT. */
export const CUTOVER_MS = Date.parse('2025-11-08T00:00:00Z');

const SESSIONS = 40;
const SESSION_SECONDS = 86_400;

const TABLES = ['courses', 'organizations', 'draft_ledger', 'draft_snapshots', 'job_runs'] as const;

/** Empties what the pack's seeds fill, and sets its job back to a schedule that has long run. */
export const emptied = async (client: SeedConnection, now: Date): Promise<void> => {
  await client.query(`TRUNCATE ${TABLES.map((table) => `public.${table}`).join(', ')}`);
  await client.query(
    `UPDATE public.cleanup_jobs SET active = true, next_run = NULL, checked_at = NULL,
       registered_at = $1::timestamptz - interval '60 days'`,
    [now.toISOString()],
  );
};

/** The planner goes by statistics, which autovacuum would bring a minute late. */
export const analyzed = async (client: SeedConnection): Promise<void> => {
  for (const table of TABLES) await client.query(`ANALYZE public.${table}`);
};

interface Differs {
  readonly live?: readonly LiveDraft[];
  readonly runs?: (runs: readonly SeededRun[], nowMs: number) => readonly SeededRun[];
  /** Redis answers nobody for so long. */
  readonly silentSeconds?: number;
}

export const scenario =
  ({ live = STEADY, runs = (all) => all, silentSeconds }: Differs = {}): Scenario =>
  async ({ database, now, redis }) => {
    const client = database(DATABASE);
    const nowMs = now.getTime();
    await emptied(client, now);
    const past = pastDrafts({ nowMs, cutoverMs: CUTOVER_MS, live });
    const results: SeedResult[] = [
      ...(await seedLive(client, now, live)),
      ...(await seedLedger(client, past)),
      await seedRuns(client, runs(hourlyRuns(nowMs, deletedByHour(past)), nowMs)),
      await seedSnapshots(client, { now, cutoverMs: CUTOVER_MS, days: DAYS }),
    ];
    await analyzed(client);
    if (!redis) return results;
    await redis.clear(SESSION_KEYS);
    const keys = Array.from({ length: SESSIONS }, (_, n) => SESSION_KEYS.replace('*', `${n + 1}`));
    await redis.put(keys, SESSION_SECONDS);
    if (silentSeconds !== undefined) await redis.silence(silentSeconds);
    return [...results, { table: `redis ${SESSION_KEYS}`, rows: SESSIONS, eligible: 0 }];
  };
