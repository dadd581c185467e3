// `locks`: locks that are held for longer than any run should. One whose owner still runs is told as such: it is nobody's to
// let go of (SLA-46).
import { onRedis } from '../../adapters/redis-connection.ts';
import { ownerState } from '../../adapters/temporal/executions.ts';
import type { LocksParams } from '../../domain/health/check-params.ts';
import { failed, hoursOf, passed } from '../../domain/health/finding.ts';
import { parseOwner } from '../../domain/jobs/lock-owner.ts';
import { type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

interface Zombie {
  readonly lock: string;
  readonly job: string;
  readonly seconds: number;
  readonly ownerRunning: boolean;
}

export const createLocksCheck =
  ({ redisUrl, temporal }: CheckDependencies): CheckKind =>
  async (asked) => {
    if (redisUrl === undefined) return failed('this worker has no Redis');
    const { locks } = paramsOfCheck(asked) as LocksParams;
    const values = await onRedis(redisUrl, asked, (redis) =>
      locks.length === 0 ? Promise.resolve([]) : redis.mget(locks.map(({ key }) => key)),
    );
    const found = await Promise.all(
      locks.map(async ({ key, job, maxSeconds }, place): Promise<Zombie | undefined> => {
        const { since, workflowId, firstRunId } = parseOwner(values[place] ?? '');
        const seconds = (Date.parse(asked.asOf) - Date.parse(since ?? '')) / 1000;
        // A value that does not say since when is another program's, and no lock of ours.
        if (!(seconds > maxSeconds)) return undefined;
        const known = workflowId !== undefined && firstRunId !== undefined;
        const state = known ? await ownerState(temporal, workflowId, firstRunId) : 'unknown';
        return { lock: key, job, seconds, ownerRunning: state === 'running' };
      }),
    );
    const zombies = found.filter((each) => each !== undefined);
    return zombies.length === 0 ? passed() : { status: 'WARN', figures: figuresOf(zombies) };
  };

/** `owner_running`: of any of them. */
const figuresOf = (zombies: readonly Zombie[]): Readonly<Record<string, unknown>> => ({
  locks_found: zombies.length,
  lock_age_hours: hoursOf(Math.max(...zombies.map(({ seconds }) => seconds))),
  owner_running: zombies.some(({ ownerRunning }) => ownerRunning),
  locks: zombies.map(({ lock, job, seconds, ownerRunning }) => ({
    lock,
    job,
    age_hours: hoursOf(seconds),
    owner_running: ownerRunning,
  })),
});
