// The Redis lock that keeps runs and other programs apart. It saves work; it never guards it: the fence in
// Postgres does. The value is compared whole by extend and release, so nobody lets go of another's lock.
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { type LockOwner, parseOwner } from '../domain/jobs/lock-owner.ts';

/** A lock as it stands. */
interface StandingLock {
  readonly value: string;
  /** Rest of its lease; null where it has none, which is not how Sexton takes it. */
  readonly leaseMs: number | null;
}

/** `gone`: nobody holds it, it may be taken anew. `taken`: somebody else does. */
type ExtendResult = 'extended' | 'gone' | 'taken';

export type AcquireResult =
  | { readonly held: true; readonly value: string }
  | { readonly held: false; readonly by: string };

export interface RedisLock {
  /** Takes the lock, or finds the run's own one again after a crash. */
  readonly acquire: (key: string, owner: Omit<LockOwner, 'token'>, leaseMs: number) => Promise<AcquireResult>;
  readonly extend: (key: string, value: string, leaseMs: number) => Promise<ExtendResult>;
  /** Puts the run in place of an owner that is over, if the lock still has that owner's value. */
  readonly takeOver: (
    key: string,
    owner: Omit<LockOwner, 'token'>,
    from: { readonly value: string; readonly leaseMs: number },
  ) => Promise<AcquireResult>;
  readonly read: (key: string) => Promise<StandingLock | undefined>;
  /** Deletes the lock if it has this value; false where it has not. */
  readonly release: (key: string, value: string) => Promise<boolean>;
  /** Lets go of the lock if the run holds it; false where it does not. */
  readonly releaseOwnedBy: (key: string, firstRunId: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

const EXTEND = `
local value = redis.call('get', KEYS[1])
if not value then return 'gone' end
if value ~= ARGV[1] then return 'taken' end
redis.call('pexpire', KEYS[1], ARGV[2])
return 'extended'`;

const RELEASE = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0`;

const TAKE_OVER = `
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** A command that is not answered in this time fails, so that a run can say so instead of hanging. */
const COMMAND_TIMEOUT_MS = 2_000;

export const createRedisLock = (url: string): RedisLock => {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
  });
  // Every command reports its own failure; without a listener each lost connection would be printed.
  redis.on('error', () => {});

  const valueOf = (owner: Omit<LockOwner, 'token'>): string =>
    JSON.stringify({ ...owner, token: randomBytes(16).toString('hex') });

  return {
    acquire: async (key, owner, leaseMs) => {
      const value = valueOf(owner);
      if (await redis.set(key, value, 'PX', leaseMs, 'NX')) return { held: true, value };
      const standing = await redis.get(key);
      if (standing === null) return { held: false, by: 'an owner that has just let go' };
      if (parseOwner(standing).firstRunId !== owner.firstRunId) return { held: false, by: standing };
      const extended = (await redis.eval(EXTEND, 1, key, standing, leaseMs)) === 'extended';
      return extended ? { held: true, value: standing } : { held: false, by: standing };
    },
    extend: async (key, value, leaseMs) => (await redis.eval(EXTEND, 1, key, value, leaseMs)) as ExtendResult,
    takeOver: async (key, owner, from) => {
      const value = valueOf(owner);
      if ((await redis.eval(TAKE_OVER, 1, key, from.value, value, from.leaseMs)) === 1)
        return { held: true, value };
      return { held: false, by: (await redis.get(key)) ?? 'an owner that has just let go' };
    },
    read: async (key) => {
      const [value, leaseMs] = await Promise.all([redis.get(key), redis.pttl(key)]);
      return value === null ? undefined : { value, leaseMs: leaseMs < 0 ? null : leaseMs };
    },
    release: async (key, value) => (await redis.eval(RELEASE, 1, key, value)) === 1,
    releaseOwnedBy: async (key, firstRunId) => {
      const standing = await redis.get(key);
      if (standing === null || parseOwner(standing).firstRunId !== firstRunId) return false;
      return (await redis.eval(RELEASE, 1, key, standing)) === 1;
    },
    close: async () => {
      redis.disconnect();
    },
  };
};
