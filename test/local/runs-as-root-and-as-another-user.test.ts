// Postgres refuses to run as root, and other users cannot write where root can: both are everyday in containers.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StackUnavailable, startStack } from '../../src/local/stack.ts';
import {
  embeddingEnv,
  holdStack,
  nothingIsLeft,
  ownCache,
  temporaryFolder,
  withDescendants,
} from './support.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

const userOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }));

const holdAndStop = async (options: { cache: string; uid?: number }) => {
  const held = holdStack(options);
  const { pids, supervisor } = await held.up();
  const all = withDescendants(supervisor);
  const users = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, userOf(pid)]));
  held.child.stdin?.write('stop\n');
  await once(held.child, 'exit');
  await nothingIsLeft({ cache: options.cache, pids: all });
  return users;
};

describe.skipIf(!isRoot)('as root', () => {
  it('the stack runs, Postgres as another user', async () => {
    const { cache, remove } = ownCache();
    const users = await holdAndStop({ cache });
    expect(users['postgres']).not.toBe(0);
    remove();
  });

  it('the stack runs as a user without a home, from the same checkout', async () => {
    const { cache, remove } = ownCache();
    chownSync(cache, nobody, nobody);
    const users = await holdAndStop({ cache, uid: nobody });
    expect(users).toEqual({ temporal: nobody, postgres: nobody, redis: nobody });
    remove();
  });

  it("a cache that Postgres' user may not enter is refused in one sentence that names the folder", async () => {
    const closed = temporaryFolder();
    mkdirSync(join(closed, 'cache'));
    chmodSync(closed, 0o700);
    const env = embeddingEnv({ SEXTON_CACHE_DIR: join(closed, 'cache') });
    const refused = startStack({ env, only: ['postgres'], say: () => {} });
    await expect(refused).rejects.toThrow(StackUnavailable);
    await expect(refused).rejects.toThrow(`may not enter ${closed}: set SEXTON_CACHE_DIR`);
    rmSync(closed, { recursive: true });
  });
});

describe.skipIf(isRoot)('as an ordinary user', () => {
  it('all servers run as this user', async () => {
    const { cache, remove } = ownCache();
    const users = await holdAndStop({ cache });
    expect(new Set(Object.values(users))).toEqual(new Set([process.getuid?.()]));
    remove();
  });
});
