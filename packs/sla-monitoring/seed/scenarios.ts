// Scenarios beside the base, each ending in exactly the alerts that its name says (SLA-12, SLA-13). Those that change runs
// need a database whose audit log does not tell of these runs yet.
import type { SeedResult, SeedTools } from '../../../src/index.ts';
import { type ChangeRun, type SeededRun, seedAuditHistory } from './audit-history.ts';
import type { SeedInput } from './fill.ts';
import { seedResolvedItems } from './manual-resolution-queue.ts';
import { AGED, fresh, HEALTHY_AGES, seedPendingItems } from './pending-items.ts';

/** How a scenario differs from the healthy day. */
export interface Course {
  /** Of runs in the audit log. */
  readonly runs?: ChangeRun;
  /** Hours that each pending item has waited. */
  readonly ages?: readonly number[];
  /** What is broken besides. */
  readonly breaks?: (tools: SeedTools) => Promise<SeedResult>;
}

const newestOf =
  (job: string, change: (run: SeededRun) => SeededRun): ChangeRun =>
  (run, place) =>
    run.job === job && place === 0 ? change(run) : run;

/** At the usual pace, and over at the instant at which the shorter one was. */
const lasting =
  (seconds: number) =>
  (run: SeededRun): SeededRun => ({
    ...run,
    seconds,
    records: Math.round((run.records / run.seconds) * seconds),
    startedMs: run.startedMs + Math.round((run.seconds - seconds) * 1_000),
  });

const failed = (run: SeededRun): SeededRun => ({
  ...run,
  seconds: run.seconds / 2,
  records: Math.round(run.records / 2),
  errorCode: 'STATEMENT_TIMEOUT',
});

const magicLinks =
  (change: ChangeRun): ChangeRun =>
  (run, place) =>
    run.job === 'cleanup_magic_links' ? change(run, place) : run;

/** Of the last 24 h 19 runs are left, and the oldest of them failed. */
const oneOfNineteen = magicLinks((run, place) => {
  if (place === 18) return failed(run);
  return place < 18 || place > 25 ? run : undefined;
});

const LAST_THREE = 3;

const dropIndex = async ({ database }: SeedTools): Promise<SeedResult> => {
  await database('app').query('DROP INDEX IF EXISTS public.idx_meal_plans_pdf_generated_at');
  return { table: 'public.meal_plans', rows: 0, eligible: 0 };
};

const ZOMBIE_LOCK = 'lock:cleanup:cleanup_pdfs';
const ZOMBIE_HOURS = 2.5;

const leaveLock = async ({ redis, now }: SeedTools): Promise<SeedResult> => {
  if (!redis) throw new Error('there is no Redis to leave a lock in');
  await redis.leaveLock(ZOMBIE_LOCK, new Date(now.getTime() - ZOMBIE_HOURS * 3_600_000));
  return { table: ZOMBIE_LOCK, rows: 1, eligible: 0 };
};

/** By the scenario's name. */
export const COURSES: Readonly<Record<string, Course>> = {
  healthy: {},
  'sla-warning': { runs: newestOf('cleanup_quiz_responses', lasting(2_950)) },
  'sla-critical': { runs: newestOf('cleanup_quiz_responses', lasting(3_700)) },
  'success-rate': { runs: oneOfNineteen },
  'throughput-drop': {
    runs: newestOf('cleanup_quiz_responses', (run) => ({ ...run, records: Math.round(run.records * 0.4) })),
  },
  'three-failures': { runs: magicLinks((run, place) => (place < LAST_THREE ? failed(run) : run)) },
  'mrq-warning': { ages: fresh(101) },
  'mrq-overflow': { ages: fresh(501) },
  'mrq-aged': { ages: AGED },
  'missing-index': { breaks: dropIndex },
  'zombie-lock': { breaks: leaveLock },
};

/** What an earlier scenario broke is whole again; a lock that was left lapses by itself. */
const mend = async ({ database }: SeedTools): Promise<void> => {
  await database('app').query(
    'CREATE INDEX IF NOT EXISTS idx_meal_plans_pdf_generated_at ON public.meal_plans (pdf_generated_at)',
  );
};

/** All but the tables that the jobs clean, which are the same in every scenario. */
export const seedCourse = async (
  { runs, ages = HEALTHY_AGES, breaks }: Course,
  tools: SeedTools,
): Promise<readonly SeedResult[]> => {
  const input: SeedInput = { client: tools.database('app'), now: tools.now };
  await mend(tools);
  return [
    await seedAuditHistory(input, runs),
    await seedResolvedItems(input),
    await seedPendingItems(input, ages),
    ...(breaks ? [await breaks(tools)] : []),
  ];
};
