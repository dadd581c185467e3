// Everything about a job's newest run that helps at night, in one answer. A part that cannot be asked is named, and the
// others are told all the same.
import type { Client } from '@temporalio/client';
import type { Queryable } from '../adapters/postgres/pool.ts';
import { readBatchSetting, readLastProgress } from '../adapters/postgres/runs/control.ts';
import {
  type NewestRun,
  readBlockedPairs,
  readNewestRun,
  readRecentErrors,
  readSlowBatches,
  readUngrantedLocks,
  readWaits,
} from '../adapters/postgres/runs/diagnosis.ts';
import { createRedisLock } from '../adapters/redis-lock.ts';
import type { Catalog, CatalogJob } from '../catalog/catalog.ts';
import { declaredBatchRows } from '../domain/jobs/step.ts';
import { readHeldLock } from './held-lock.ts';
import { targetOf } from './target.ts';
import { withPool } from './with-pool.ts';

const SLOW_BATCHES = 10;

interface DiagnoseInput {
  readonly catalog: Catalog;
  /** Asked whether the lock's owner runs. */
  readonly client: Client;
  readonly job: CatalogJob;
}

/** A part, or why it could not be asked. */
type Part<T> = { readonly found: T } | { readonly unknown: string };

const part = async <T>(work: Promise<T>): Promise<Part<T>> => {
  try {
    return { found: await work };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
    return { unknown: `${error instanceof Error ? error.message : String(error)}${cause}` };
  }
};

/** Nothing is changed by accident: Postgres refuses it. */
const looking = <T>(url: string, work: (db: Queryable) => Promise<T>): Promise<T> =>
  withPool(url, async (pool) => {
    const client = await pool.connect();
    try {
      await client.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY');
      return await work(client);
    } finally {
      client.release(true);
    }
  });

const homePart = (url: string, named: { readonly pack: string; readonly job: string }) =>
  looking(url, async (home) => ({
    run: (await readNewestRun(home, named)) ?? null,
    recentErrors: await readRecentErrors(home, named),
  }));

const targetPart = (url: string, job: CatalogJob, run: NewestRun | null) =>
  looking(url, async (target) => ({
    slowBatches: run ? await readSlowBatches(target, run.runId, SLOW_BATCHES) : [],
    lastProgress: (run?.endedAt === null && (await readLastProgress(target, run.runId))) || null,
    waits: await readWaits(target),
    ungrantedLocks: await readUngrantedLocks(target),
    blocked: await readBlockedPairs(target),
    batchSize: await batchSize(target, job),
  }));

const batchSize = async (target: Queryable, { snapshot }: CatalogJob) => {
  const declared = declaredBatchRows(snapshot);
  const set = await readBatchSetting(target, snapshot.lockKey);
  return { rows: set?.rows ?? declared, declared, ...(set && { setBy: set.by, setAt: set.at }) };
};

const lockPart = async ({ catalog, client, job }: DiagnoseInput) => {
  const lock = createRedisLock(catalog.redisUrl);
  try {
    return (await readHeldLock({ catalog, client, lock }, job)) ?? null;
  } finally {
    await lock.close();
  }
};

/** What `sexton diagnose` tells; a part that could not be asked is null, and `unknown` says why. */
export const diagnose = async (input: DiagnoseInput) => {
  const { catalog, job } = input;
  const named = { pack: job.pack, job: job.name };
  const [home, lock] = await Promise.all([part(homePart(catalog.home.url, named)), part(lockPart(input))]);
  const run = 'found' in home ? home.found.run : null;
  const target = await part(targetPart(targetOf(catalog, job).url, job, run));
  const parts = { home, target, lock };
  return {
    job: job.id,
    run,
    lastProgress: 'found' in target ? target.found.lastProgress : null,
    slowBatches: 'found' in target ? target.found.slowBatches : null,
    waits: 'found' in target ? target.found.waits : null,
    ungrantedLocks: 'found' in target ? target.found.ungrantedLocks : null,
    blocked: 'found' in target ? target.found.blocked : null,
    recentErrors: 'found' in home ? home.found.recentErrors : null,
    batchSize: 'found' in target ? target.found.batchSize : null,
    lock: 'found' in lock ? lock.found : null,
    unknown: Object.entries(parts).flatMap(([name, each]) =>
      'unknown' in each ? [`${name}: ${each.unknown}`] : [],
    ),
  };
};

export type Diagnosis = Awaited<ReturnType<typeof diagnose>>;
