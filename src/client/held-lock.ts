// A job's lock as people look at it: whose it is, since when, whether its owner runs and is being stopped.
import type { Client } from '@temporalio/client';
import { readHold } from '../adapters/postgres/runs/control.ts';
import type { RedisLock } from '../adapters/redis-lock.ts';
import { type OwnerState, ownerState } from '../adapters/temporal/executions.ts';
import type { Catalog, CatalogJob } from '../catalog/catalog.ts';
import { parseOwner } from '../domain/jobs/lock-owner.ts';
import { targetOf } from './target.ts';
import { withPool } from './with-pool.ts';

export interface HeldLock {
  readonly key: string;
  /** `<pack>/job/<name>`. */
  readonly job: string;
  /** Whole value, which a release compares. */
  readonly value: string;
  /** Null where the value is not one of Sexton's. */
  readonly owner: {
    readonly workflowId: string;
    readonly runId: string;
    readonly token: string | null;
  } | null;
  readonly since: string | null;
  readonly ageSeconds: number | null;
  /** Rest of its lease; null where it has none. */
  readonly leaseSeconds: number | null;
  readonly ownerState: OwnerState;
  /** Whether somebody asked the owner's run to stop; null where its database did not say. */
  readonly stopRequested: boolean | null;
}

export interface LockReader {
  readonly catalog: Pick<Catalog, 'databases'>;
  readonly client: Client;
  readonly lock: RedisLock;
}

/** Undefined where nobody holds it. */
export const readHeldLock = async (
  { catalog, client, lock }: LockReader,
  job: CatalogJob,
): Promise<HeldLock | undefined> => {
  const key = job.snapshot.lockKey;
  const standing = await lock.read(key).catch((cause: unknown) => {
    throw new Error('Redis did not answer, so nothing is known of its locks', { cause });
  });
  if (!standing) return undefined;
  const { value, leaseMs } = standing;
  const { workflowId, firstRunId: runId, since, token } = parseOwner(value);
  const sinceMs = Date.parse(String(since));
  const known = typeof workflowId === 'string' && typeof runId === 'string';
  return {
    key,
    job: job.id,
    value,
    owner: known ? { workflowId, runId, token: token ?? null } : null,
    since: Number.isNaN(sinceMs) ? null : String(since),
    ageSeconds: Number.isNaN(sinceMs) ? null : Math.max(0, Math.round((Date.now() - sinceMs) / 1000)),
    leaseSeconds: leaseMs === null ? null : Math.round(leaseMs / 1000),
    ownerState: known ? await ownerState(client, workflowId, runId) : 'unknown',
    stopRequested: known ? await stopRequested(targetOf(catalog, job).url, runId) : false,
  };
};

/** A database that is away is often why one looks at locks, so it does not hide them. */
const stopRequested = (url: string, runId: string): Promise<boolean | null> =>
  withPool(url, async (target) => (await readHold(target, runId))?.kind === 'stop').catch(() => null);
