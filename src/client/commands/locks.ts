// `sexton locks`: which jobs' locks are held, by whom, and whether the owner runs (SLA-94). Changes nothing.
import Table from 'cli-table3';
import type { Command } from 'commander';
import { formatDuration } from '../../domain/duration.ts';
import { type CommandContext, EXIT, inSession } from '../context.ts';
import { type HeldLock, readHeldLock } from '../held-lock.ts';

/** Longer values are not Sexton's, and their beginning tells whose they are. */
const SHOWN_CHARACTERS = 60;

/** The owner's workflow, or the value itself where it is nobody's that Sexton knows. */
export const ownerWords = ({ owner, value }: HeldLock): string => {
  if (owner) return owner.workflowId;
  const shown = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  return `unknown: ${shown}`;
};

/** Rest of the lease, for people. */
export const leaseWords = ({ leaseSeconds }: HeldLock): string =>
  leaseSeconds === null ? 'without end' : formatDuration(leaseSeconds);

const STOP_WORDS = new Map<boolean | null, string>([
  [true, 'yes'],
  [false, 'no'],
  [null, 'unknown'],
]);

const table = (locks: readonly HeldLock[]): string => {
  const rows = new Table({
    head: ['lock', 'owner', 'since', 'age', 'lease', 'owner is', 'stop asked'],
    style: { head: [], border: [] },
  });
  for (const lock of locks) {
    const { key, since, ageSeconds, ownerState, stopRequested } = lock;
    const age = ageSeconds === null ? 'unknown' : formatDuration(ageSeconds);
    const stop = STOP_WORDS.get(stopRequested) ?? '';
    rows.push([key, ownerWords(lock), since ?? 'unknown', age, leaseWords(lock), ownerState, stop]);
  }
  return rows.toString();
};

const locks = (context: CommandContext, { json = false }: { readonly json?: boolean }): Promise<number> =>
  inSession(context, async ({ catalog, client }) => {
    const { createRedisLock } = await import('../../adapters/redis-lock.ts');
    const lock = createRedisLock(catalog.redisUrl);
    try {
      // Jobs that share a key share a lock, which is told once.
      const byKey = new Map(catalog.jobs.map((job) => [job.snapshot.lockKey, job]));
      const read = await Promise.all(
        [...byKey.values()].map((job) => readHeldLock({ catalog, client, lock }, job)),
      );
      const held = read.filter((each) => each !== undefined);
      if (json) context.out.write(`${JSON.stringify({ locks: held })}\n`);
      else context.out.write(held.length === 0 ? 'no lock is held\n' : `${table(held)}\n`);
      return EXIT.yes;
    } finally {
      await lock.close();
    }
  });

/** Adds `locks` to the program; the exit code goes to process.exitCode. */
export const registerLocks = (program: Command, context: CommandContext): void => {
  program
    .command('locks')
    .description('list the locks of jobs that are held: owner, age, lease, and whether the owner runs')
    .option('--json', 'one JSON object')
    .action(async (flags: { readonly json?: boolean }) => {
      process.exitCode = await locks(context, flags);
    });
};
