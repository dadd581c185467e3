// A run that waits for a person's approval: what it shows, what it takes for an answer, and how the wait ends. Real
// activities on real servers; the day passes in virtual time.
import type { WorkflowHandle } from '@temporalio/client';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SliceInput } from '../../src/activities/slice/slice.ts';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import type { RunAnswer } from '../../src/domain/jobs/control.ts';
import { APPROVAL_SECONDS } from '../../src/domain/jobs/guard.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { countLinks, insertLinks } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { aJob } from '../support/jobs/builders.ts';
import { record } from '../support/record.ts';
import { redisUrl, unique } from '../support/stack.ts';
import { skipTime } from '../support/time.ts';

let bell: Bell;
let redis: Redis;
/** Slices begin once this is settled. */
let slices: Promise<unknown> = Promise.resolve();
let leave = (): void => {};
let served: Promise<void>;
beforeAll(async () => {
  bell = await openBell((all) => ({
    ...all,
    slice: (input: SliceInput) => slices.then(() => all.slice(input)),
  }));
  redis = new Redis(redisUrl());
  const tests = new Promise<void>((resolve) => {
    leave = resolve;
  });
  served = bell.serving(() => tests);
});
afterAll(async () => {
  leave();
  await served;
  redis.disconnect();
  await bell.close();
});
beforeEach(async () => {
  await bell.home.query('TRUNCATE public.link');
  bell.heard.splice(0);
  await insertLinks(bell.home, 6, 25);
  await insertLinks(bell.home, 4, 1);
});

const band = {
  severity: 'critical',
  severityWord: 'CRITICAL',
  alertType: 'cleanup_failed',
  recommendedAction: 'read the error',
} as const;

/** Six of ten links are old enough; half of them may go without asking. */
const guarded = (change: Partial<JobSnapshot> = {}): JobSnapshot =>
  aJob({ guard: { maxShare: 0.5, shareFromRows: 0 }, ...change });

const stateOf = (handle: WorkflowHandle): Promise<JobState> => handle.query<JobState>('state');

/** Starts a run and comes back once it waits. */
const waiting = async (job: JobSnapshot) => {
  const handle = await startRun(bell.client, job, { by: 'test' });
  return { handle, approval: await shownBy(handle, 1) };
};

const shownBy = (handle: WorkflowHandle, number: number): Promise<NonNullable<JobState['approval']>> =>
  eventually(`the run asks for the ${number}. time`, async () => {
    const { state, approval } = await stateOf(handle);
    return state === 'waitingForApproval' && approval?.number === number && approval;
  });

const ask = (handle: WorkflowHandle, update: string, event: object = {}): Promise<RunAnswer> =>
  handle.executeUpdate<RunAnswer, [object]>(update, { args: [{ by: 'ana', ...event }] });

const refusal = (words: string) => ({
  cause: { type: 'CONTROL_REFUSED', message: expect.stringContaining(words) },
});

const auditOf = async (handle: { readonly firstExecutionRunId: string }): Promise<readonly string[]> =>
  (
    await bell.home.query('SELECT action FROM sexton.audit_log WHERE run_id = $1 ORDER BY id', [
      handle.firstExecutionRunId,
    ])
  ).rows.map(({ action }) => action);

const detailsOf = async (handle: WorkflowHandle): Promise<string> =>
  handle.query<string>('__temporal_workflow_metadata').then((metadata) => JSON.stringify(metadata));

describe('a run above its limits', () => {
  it('waits in sight without a lock, says how to approve it, and once approved takes exactly what it showed', async () => {
    const job = guarded();
    const { handle, approval } = await waiting(job);
    expect(approval).toMatchObject({
      eligible: 6,
      steps: [{ share: 0.6, limit: 'at most 50 % of the table' }],
    });
    const left = (Date.parse(approval.expiresAt) - Date.now()) / 1000;
    expect(left).toBeGreaterThan(APPROVAL_SECONDS - 60);
    expect(await redis.exists(job.lockKey)).toBe(0);
    const details = await detailsOf(handle);
    expect(details).toContain('it would delete 6 rows, 60 % of public.link; at most 50 % of the table go');
    expect(details).toContain(`sexton approve ${handle.firstExecutionRunId}`);
    expect(details).toContain(approval.expiresAt);

    // Came of age since: the cutoff that was shown leaves it.
    await bell.home.query("INSERT INTO public.link (expires_at) VALUES (sexton.now() - interval '24 hours')");
    const { eligible, cutoff } = approval;
    expect(await ask(handle, 'approve', { eligible, cutoff, reason: 'backlog' })).toMatchObject({
      by: 'ana',
      state: 'running',
      next: 'begins, with this cutoff and no other',
    });
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 6, cutoff });
    expect(await stateOf(handle)).not.toHaveProperty('approval');
    expect(await countLinks(bell.home)).toBe(5);
    expect(await auditOf(handle)).toEqual([
      'CLEANUP_APPROVAL_REQUESTED',
      'CLEANUP_APPROVED',
      'CLEANUP_STARTED',
      'CLEANUP_BATCH_COMPLETED',
      'CLEANUP_COMPLETED',
    ]);
    await record('job-approved', handle);
  });

  it('refuses an answer without a name, to something else than it shows, or when it does not wait', async () => {
    const { handle, approval } = await waiting(guarded());
    const { eligible, cutoff } = approval;
    const approve = (event: object) => ask(handle, 'approve', event);
    await expect(approve({ by: '', eligible, cutoff })).rejects.toMatchObject(
      refusal('by must name a person'),
    );
    await expect(approve({})).rejects.toMatchObject(refusal('the answer names no rows before no cutoff'));
    await expect(approve({ eligible: 5, cutoff })).rejects.toMatchObject(
      refusal(`what it shows is 6 rows before ${cutoff}, and the answer names 5 rows`),
    );
    await expect(approve({ eligible, cutoff: approval.askedAt })).rejects.toMatchObject(
      refusal(`before ${approval.askedAt}; look again`),
    );
    await expect(ask(handle, 'pause')).rejects.toMatchObject(refusal('it waits for approval'));
    await expect(ask(handle, 'retry')).rejects.toMatchObject(refusal('it is waitingForApproval'));
    expect((await stateOf(handle)).state).toBe('waitingForApproval');
    await ask(handle, 'stop', { reason: 'the test is over' });
    await handle.result();
  });

  it('asks again, with the same cutoff, where there is more by then than was approved', async () => {
    const { handle, approval } = await waiting(guarded());
    await insertLinks(bell.home, 2, 30);
    const { eligible, cutoff } = approval;
    await ask(handle, 'approve', { eligible, cutoff });
    const again = await shownBy(handle, 2);
    expect(again).toMatchObject({ eligible: 8, cutoff });
    await expect(ask(handle, 'approve', { eligible, cutoff })).rejects.toMatchObject(refusal('look again'));
    await ask(handle, 'approve', { eligible: 8, cutoff });
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 8 });
  });

  it('is stopped while it waits, at once, and has deleted nothing', async () => {
    const { handle } = await waiting(guarded());
    await ask(handle, 'stop', { reason: 'the retention is wrong' });
    expect(await handle.result()).toMatchObject({
      state: 'stopped',
      reason: 'stopped by ana: the retention is wrong',
      deleted: 0,
    });
    expect(await countLinks(bell.home)).toBe(10);
    expect(await auditOf(handle)).toEqual([
      'CLEANUP_APPROVAL_REQUESTED',
      'CLEANUP_STOP_REQUESTED',
      'CLEANUP_STOPPED',
    ]);
  });

  it('that nobody approves within a day ends as blocked, says what it waited for, and has deleted nothing', async () => {
    const { handle } = await waiting(guarded());
    await skipTime(bell.client, handle.workflowId);
    const words =
      'nobody approved within 24 h: it would delete 6 rows, 60 % of public.link; at most 50 % of the table go without approval; nothing was deleted';
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'NOT_APPROVED', message: words },
    });
    expect(await stateOf(handle)).toMatchObject({ state: 'blocked', reason: words });
    expect(await countLinks(bell.home)).toBe(10);
    expect((await auditOf(handle)).at(-1)).toBe('CLEANUP_FAILED');
    await record('job-nobody-approved', handle);
  });
});

describe('people', () => {
  it('are told once that it waits, not again once somebody has approved, and the run’s end ends it', async () => {
    const name = unique('cleanup');
    const rule = aRule({ name: unique('failure') });
    const alerts = { failure: { rule, band } };
    const incident = async () =>
      (
        await bell.home.query(
          "SELECT number, state, firing ->> 'summary' AS summary, acknowledged_by AS by FROM sexton.incident WHERE rule = $1",
          [rule.name],
        )
      ).rows;
    const { handle, approval } = await waiting(guarded({ name, alerts }));
    await eventually('somebody is told', () => bell.heard.length > 0);
    const summary = `${name} waits for approval: it would delete 6 rows, 60 % of public.link; at most 50 % of the table go without approval`;
    expect(await incident()).toMatchObject([{ state: 'open', summary }]);
    const { eligible, cutoff } = approval;
    let goOn = (): void => {};
    slices = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await ask(handle, 'approve', { eligible, cutoff });
    await eventually('whoever approved has it', async () => (await incident())[0]?.by === 'ana');
    goOn();
    expect(await handle.result()).toMatchObject({ state: 'completed' });
    await eventually('the incident is over', async () => (await incident())[0]?.state === 'resolved');
    const first = bell.heard.filter(({ tier }) => tier === 'first notice');
    expect(new Set(first.map(({ key }) => key)).size).toBe(1);
  });
});
