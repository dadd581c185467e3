// `sexton release-lock JOB`: takes a lock from an owner that is gone or was stopped (SLA-94). It deletes the very value
// that it showed, or nothing, and says so in the audit log.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { recordControl } from '../../adapters/postgres/runs/control.ts';
import type { RedisLock } from '../../adapters/redis-lock.ts';
import { type CatalogJob, findJob } from '../../catalog/catalog.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { WhoFlags } from '../arguments.ts';
import { type CommandContext, inSession } from '../context.ts';
import { type HeldLock, readHeldLock } from '../held-lock.ts';
import { targetOf } from '../target.ts';
import { tell } from '../tell.ts';
import { withPool } from '../with-pool.ts';
import { leaseWords, ownerWords } from './locks.ts';

interface ReleaseFlags extends WhoFlags {
  /** Also where nobody can say whether the owner runs. */
  readonly force?: boolean;
}

const show = (held: HeldLock): string => {
  const { key, owner, since, ageSeconds, ownerState, stopRequested } = held;
  const age = ageSeconds === null ? '' : `, ${formatDuration(ageSeconds)} ago`;
  return [
    key,
    `  owner ${ownerWords(held)} (${ownerState}${stopRequested ? ', stop asked' : ''})`,
    `  since ${since ?? 'unknown'}${age}; rest of its lease: ${leaseWords(held)}`,
    ...(owner?.token ? [`  token ${owner.token}`] : []),
    '',
  ].join('\n');
};

/** Why the lock stays; undefined where it may go. */
const against = (held: HeldLock, force: boolean): string | undefined => {
  const { owner, ownerState, stopRequested } = held;
  if (ownerState === 'closed') return undefined;
  if (ownerState === 'running' && stopRequested) return undefined;
  if (ownerState === 'running') {
    const stop =
      stopRequested === null
        ? 'its database does not say whether a stop was asked'
        : 'nobody asked it to stop';
    return `refused: its owner runs, and ${stop}; \`sexton stop ${owner?.workflowId}\` comes first`;
  }
  if (force) return undefined;
  const who = owner
    ? 'Temporal has never heard of its owner, or has forgotten it'
    : 'its owner is none of Sexton’s';
  return `refused: ${who}, so whether it runs is not known. Make sure that it does not, then say \`--force --reason …\``;
};

interface Release {
  readonly lock: RedisLock;
  readonly target: string;
  readonly job: CatalogJob;
  readonly held: HeldLock;
  readonly flags: ReleaseFlags;
}

class Changed extends Error {}

/** False where the lock was not as shown any more. The audit row stands only where the lock went. */
const release = async ({ lock, target, job, held, flags }: Release): Promise<boolean> => {
  const { pack, name, snapshot } = job;
  const { key, owner, ownerState, ageSeconds, since, value } = held;
  const { by = userInfo().username, reason } = flags;
  const subject = {
    pack,
    job: name,
    resourceType: snapshot.resourceType,
    ...(owner && { runId: owner.runId }),
  };
  let released = false;
  try {
    await withPool(target, (pool) =>
      inTransaction(pool, async (tx) => {
        await recordControl(tx, subject, 'CLEANUP_LOCK_RELEASED', {
          by,
          lock: key,
          owner: owner ? owner.workflowId : value,
          owner_state: ownerState,
          since,
          age_seconds: ageSeconds,
          ...(owner?.token && { token: owner.token }),
          ...(reason && { reason }),
        });
        released = await lock.release(key, value);
        if (!released) throw new Changed();
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Changed) return false;
    if (!released) throw error;
    throw new Error(`${key} was released, but the audit log did not take its row`, { cause: error });
  }
};

const next = ({ ownerState, owner }: HeldLock): string =>
  ownerState === 'running'
    ? `${owner?.workflowId} ends after the batch in hand; another run may start at once`
    : 'the next run takes it';

const releaseLock = (context: CommandContext, name: string, flags: ReleaseFlags): Promise<number> =>
  inSession(context, async ({ catalog, client }) => {
    const job = findJob(catalog, name);
    const { by = userInfo().username, force = false, json } = flags;
    const { createRedisLock } = await import('../../adapters/redis-lock.ts');
    const lock = createRedisLock(catalog.redisUrl);
    try {
      const held = await readHeldLock({ catalog, client, lock }, job);
      if (!held) {
        const none = { released: false, key: job.snapshot.lockKey };
        const text = (): string => `${job.snapshot.lockKey}: nobody holds it, so there is nothing to release`;
        return tell(context, { answer: none }, { json, text });
      }
      if (!json) context.out.write(show(held));
      const refused = against(held, force);
      if (refused) return tell(context, { refused }, { json, text: String });
      const went = await release({ lock, target: targetOf(catalog, job).url, job, held, flags });
      if (!went) {
        const changed =
          'the lock is no longer the one that was shown, so nothing was released; `sexton locks` tells';
        return tell(context, { refused: changed }, { json, text: String });
      }
      const text = (): string => `released by ${by}\n  next: ${next(held)}`;
      return tell(context, { answer: { released: true, by, lock: held } }, { json, text });
    } finally {
      await lock.close();
    }
  });

/** Adds `release-lock` to the program; the exit code goes to process.exitCode. */
export const registerReleaseLock = (program: Command, context: CommandContext): void => {
  const command = program
    .command('release-lock')
    .argument('<job>', 'id, or bare name while it is unique')
    .description(
      "release a job's lock whose owner is gone, or was stopped; the very lock that is shown, or none",
    )
    .option('--reason <text>', 'goes into the audit log')
    .option('--by <name>', 'who asks; default: the user of this terminal')
    .option('--force', 'also where nobody knows whether the owner runs; needs --reason')
    .option('--json', 'one JSON object');
  command.action(async (name: string, flags: ReleaseFlags) => {
    if (flags.force && !flags.reason?.trim())
      command.error('error: --force needs --reason: how you know that the owner does not run');
    process.exitCode = await releaseLock(context, name, flags);
  });
};
