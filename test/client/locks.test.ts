// SLA-94: what an operator sees of locks and may take away, on real Redis, Postgres and Temporal, with runs that hold them.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogJob } from '../../src/catalog/catalog.ts';
import { registerControls } from '../../src/client/commands/control.ts';
import { registerLocks } from '../../src/client/commands/locks.ts';
import { registerReleaseLock } from '../../src/client/commands/release-lock.ts';
import { eventually } from '../support/eventually.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { type } from '../support/programs/typing.ts';
import { redisUrl } from '../support/stack.ts';

const REGISTERS = [registerLocks, registerReleaseLock, registerControls];

let desk: Desk;
let redis: Redis;
beforeAll(async () => {
  redis = new Redis(redisUrl());
  desk = await openDesk(REGISTERS);
});
afterAll(async () => {
  await desk.close();
  redis.disconnect();
});

const heldBy = (job: CatalogJob) => redis.get(job.snapshot.lockKey);

/** A run that holds its lock and gets nowhere until `free` is called. */
const aStuckRun = async () => {
  const job = await desk.declare(5);
  const free = desk.hold(job);
  const handle = await desk.start(job);
  await eventually('it holds the lock', async () => (await heldBy(job)) !== null);
  await eventually('it has begun', async () => {
    const { rowCount } = await desk.db.query(
      "SELECT 1 FROM sexton.audit_log WHERE run_id = $1 AND action = 'CLEANUP_STARTED'",
      [handle.firstExecutionRunId],
    );
    return rowCount === 1;
  });
  return { job, handle, free };
};

const aDeadOwner = async () => {
  const { job, handle, free } = await aStuckRun();
  await handle.terminate('the test wants it gone');
  free();
  return { job, handle };
};

const releases = async ({ name }: CatalogJob) =>
  (
    await desk.db.query(
      `SELECT run_id AS "runId", metadata FROM sexton.audit_log
       WHERE action = 'CLEANUP_LOCK_RELEASED' AND metadata ->> 'job' = $1`,
      [name],
    )
  ).rows;

const listed = async ({ id }: CatalogJob) => {
  const { code, stdout } = await desk.sexton('locks', '--json');
  expect(code).toBe(0);
  const { locks }: { locks: readonly { readonly job: string }[] } = JSON.parse(stdout);
  return locks.find(({ job }) => job === id);
};

describe('locks (SLA-94)', () => {
  it('says that none is held, with exit 0', async () => {
    const nobody = { catalog: { ...desk.catalog, jobs: [await desk.declare(0)] }, client: desk.bell.client };
    expect(await type(REGISTERS, nobody, ['locks'])).toEqual({
      code: 0,
      stdout: 'no lock is held\n',
      stderr: '',
    });
  });

  it('lists key, owner, since, age, lease, whether the owner runs and whether it was asked to stop', async () => {
    const { job, handle, free } = await aStuckRun();
    const { workflowId, firstExecutionRunId: runId } = handle;
    expect(await listed(job)).toEqual({
      key: job.snapshot.lockKey,
      job: job.id,
      value: await heldBy(job),
      owner: { workflowId, runId, token: expect.stringMatching(/^[0-9a-f]{32}$/) },
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      ageSeconds: expect.any(Number),
      leaseSeconds: expect.any(Number),
      ownerState: 'running',
      stopRequested: false,
    });
    await desk.sexton('stop', job.name, '--force', '--reason', 'it hangs');
    expect(await listed(job)).toMatchObject({ ownerState: 'running', stopRequested: true });
    const table = (await desk.sexton('locks')).stdout;
    for (const word of [job.snapshot.lockKey, workflowId, 'running', 'stop asked'])
      expect(table).toContain(word);
    free();
    await handle.result();
    expect(await listed(job)).toBeUndefined();
  });

  it('tells an owner that is closed, and one that nobody knows', async () => {
    const { job: dead } = await aDeadOwner();
    expect(await listed(dead)).toMatchObject({ ownerState: 'closed' });
    const strange = await desk.declare(0);
    await redis.set(strange.snapshot.lockKey, 'cron@db-3');
    expect(await listed(strange)).toEqual({
      key: strange.snapshot.lockKey,
      job: strange.id,
      value: 'cron@db-3',
      owner: null,
      since: null,
      ageSeconds: null,
      leaseSeconds: null,
      ownerState: 'unknown',
      stopRequested: false,
    });
    expect((await desk.sexton('locks')).stdout).toMatch(/unknown: cron@db-3.*without end/);
  });

  it('cannot find out without Redis: exit 3', async () => {
    const catalog = { ...desk.catalog, redisUrl: 'redis://127.0.0.1:1' };
    const { code, stderr } = await type(REGISTERS, { catalog, client: desk.bell.client }, ['locks']);
    expect(code).toBe(3);
    expect(stderr).toContain('Redis did not answer');
  });
});

describe('release-lock (SLA-94)', () => {
  it('refuses while the owner runs, by force too: exit 1, and the lock stays', async () => {
    const { job, handle, free } = await aStuckRun();
    const value = await heldBy(job);
    for (const more of [[], ['--force', '--reason', 'I want it']]) {
      const { code, stdout, stderr } = await desk.sexton('release-lock', job.name, ...more);
      expect(code).toBe(1);
      expect(stdout).toContain(`  owner ${handle.workflowId} (running)\n`);
      expect(stderr).toBe(
        `refused: its owner runs, and nobody asked it to stop; \`sexton stop ${handle.workflowId}\` comes first\n`,
      );
    }
    expect(await heldBy(job)).toBe(value);
    expect(await releases(job)).toEqual([]);
    free();
    await handle.result();
  });

  it('releases the lock of a run that was asked to stop, and the run still ends as stopped', async () => {
    const { job, handle, free } = await aStuckRun();
    await desk.sexton('stop', job.name, '--force', '--reason', 'it hangs', '--by', 'ana');
    const { code, stdout } = await desk.sexton('release-lock', job.name, '--by', 'ana');
    expect(code).toBe(0);
    expect(stdout).toContain(`  owner ${handle.workflowId} (running, stop asked)\n`);
    expect(stdout).toContain(
      `released by ana\n  next: ${handle.workflowId} ends after the batch in hand; another run may start at once\n`,
    );
    expect(await heldBy(job)).toBeNull();
    expect(await releases(job)).toHaveLength(1);
    free();
    expect(await handle.result()).toMatchObject({ state: 'stopped', deleted: 0 });
  });

  it('releases a dead owner’s lock and writes who, whose and how old into the audit log', async () => {
    const { job, handle } = await aDeadOwner();
    const token = JSON.parse((await heldBy(job)) ?? '{}').token;
    const words = ['--by', 'ana', '--reason', 'it was terminated'];
    const { code, stdout, stderr } = await desk.sexton('release-lock', job.id, ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`  token ${token}\n`);
    expect(stdout).toMatch(/released by ana\n {2}next: the next run takes it\n$/);
    expect(await heldBy(job)).toBeNull();
    expect(await releases(job)).toEqual([
      {
        runId: handle.firstExecutionRunId,
        metadata: {
          job: job.name,
          run_id: handle.firstExecutionRunId,
          by: 'ana',
          lock: job.snapshot.lockKey,
          owner: handle.workflowId,
          owner_state: 'closed',
          since: expect.any(String),
          age_seconds: expect.any(Number),
          token,
          reason: 'it was terminated',
        },
      },
    ]);
    expect(await desk.sexton('release-lock', job.name)).toMatchObject({
      code: 0,
      stdout: `${job.snapshot.lockKey}: nobody holds it, so there is nothing to release\n`,
    });
    expect(await releases(job)).toHaveLength(1);
  });

  it('deletes only the very value that it showed: one that came in between stays, and no row is written', async () => {
    const { job } = await aDeadOwner();
    const { client } = desk.bell;
    // Whoever is asked about the owner in the middle of it lets another take the lock.
    const hurried = new Proxy(client, {
      get: (target, name) => {
        if (name !== 'workflow') return Reflect.get(target, name);
        return {
          getHandle: (id: string) => ({
            describe: async () => {
              const described = await target.workflow.getHandle(id).describe();
              await redis.set(job.snapshot.lockKey, 'another one');
              return described;
            },
          }),
        };
      },
    });
    const session = { catalog: desk.catalog, client: hurried };
    const { code, stderr } = await type(REGISTERS, session, ['release-lock', job.name]);
    expect(code).toBe(1);
    expect(stderr).toContain('the lock is no longer the one that was shown, so nothing was released');
    expect(await heldBy(job)).toBe('another one');
    expect(await releases(job)).toEqual([]);
  });

  it('takes a stranger’s lock only by force and with a reason', async () => {
    const job = await desk.declare(0);
    await redis.set(job.snapshot.lockKey, 'cron@db-3');
    const refused = await desk.sexton('release-lock', job.name, '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout).refused).toContain('its owner is none of Sexton’s');
    expect(await desk.sexton('release-lock', job.name, '--force')).toMatchObject({
      code: 2,
      stderr: 'error: --force needs --reason: how you know that the owner does not run\n',
    });
    expect(await heldBy(job)).toBe('cron@db-3');
    const words = ['--force', '--reason', 'db-3 is switched off', '--by', 'ana', '--json'];
    const { code, stdout } = await desk.sexton('release-lock', job.name, ...words);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ released: true, by: 'ana', lock: { value: 'cron@db-3' } });
    expect(await heldBy(job)).toBeNull();
    expect(await releases(job)).toMatchObject([
      { runId: null, metadata: { by: 'ana', owner: 'cron@db-3', reason: 'db-3 is switched off' } },
    ]);
  });

  it('takes the lock of a run that this Temporal has never heard of only by force', async () => {
    const job = await desk.declare(0);
    const elsewhere = {
      workflowId: 'job/elsewhere',
      firstRunId: 'r-1',
      since: '2026-02-10T12:00:00Z',
      token: 't',
    };
    await redis.set(job.snapshot.lockKey, JSON.stringify(elsewhere), 'PX', 60_000);
    expect(await desk.sexton('release-lock', job.name)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Temporal has never heard of its owner, or has forgotten it'),
    });
    expect(await heldBy(job)).not.toBeNull();
    const words = ['--force', '--reason', 'that namespace is gone'];
    expect(await desk.sexton('release-lock', job.name, ...words)).toMatchObject({ code: 0 });
    expect(await heldBy(job)).toBeNull();
  });

  it('keeps the lock where the audit log cannot be written', async () => {
    const { job } = await aDeadOwner();
    const [database] = desk.catalog.databases;
    const broken = { ...desk.catalog, databases: [{ ...database!, url: 'postgres://u:p@127.0.0.1:1/none' }] };
    const session = { catalog: broken, client: desk.bell.client };
    expect(await type(REGISTERS, session, ['release-lock', job.name])).toMatchObject({ code: 3 });
    expect(await heldBy(job)).not.toBeNull();
  });
});
