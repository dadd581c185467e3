// `sexton approve RUN`: shows what would go, asks, and binds the answer to what it showed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogJob } from '../../src/catalog/catalog.ts';
import { registerApprove } from '../../src/client/commands/approve.ts';
import { registerRun } from '../../src/client/commands/run.ts';
import { watchRun } from '../../src/client/watch/watch-run.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { eventually } from '../support/eventually.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';

/** What the person at the terminal says; undefined where there is no terminal. */
let says: (() => Promise<boolean | undefined>) | undefined;
const questions: string[] = [];

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([
    (program, context) =>
      registerApprove(program, context, async (question) => {
        questions.push(question);
        return says?.();
      }),
    registerRun,
  ]);
});
afterAll(() => desk.close());
beforeEach(() => {
  says = undefined;
  questions.splice(0);
});

const stateOf = (handle: Awaited<ReturnType<Desk['start']>>): Promise<JobState> =>
  handle.query<JobState>('state');

/** A run of a job whose three rows are all of its table, which waits for approval. */
const aWaitingRun = async () => {
  const job = await desk.declare(3, { guard: { maxShare: 0.5, shareFromRows: 0 } });
  const handle = await desk.start(job);
  const approval = await eventually('it waits', async () => (await stateOf(handle)).approval);
  return { job, handle, approval };
};

const overWords = ({ name }: CatalogJob) =>
  `it would delete 3 rows, 100 % of public.${name}; at most 50 % of the table go without approval`;

describe('approve', () => {
  it('shows what would go, asks, and lets the run begin, audited with who and why', async () => {
    const { job, handle, approval } = await aWaitingRun();
    says = async () => true;
    expect(await desk.sexton('approve', job.name, '--by', 'ana', '--reason', 'first run')).toEqual({
      code: 0,
      stdout:
        `${job.name} waits for approval until ${approval.expiresAt}\n` +
        `  links: ${overWords(job)}\n` +
        `    rows before ${approval.cutoff}\n` +
        'approved by ana\n' +
        '  next: begins, with this cutoff and no other\n',
      stderr: '',
    });
    expect(questions).toEqual(['Approve that?']);
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 3, cutoff: approval.cutoff });
    const { rows } = await desk.db.query(
      "SELECT metadata FROM sexton.audit_log WHERE run_id = $1 AND action = 'CLEANUP_APPROVED'",
      [handle.firstExecutionRunId],
    );
    expect(rows).toMatchObject([{ metadata: { by: 'ana', reason: 'first run', eligible: 3 } }]);
  });

  it('without a terminal approves nothing but tells what would go and exits with 2, until it is told --yes', async () => {
    const { handle, approval, job } = await aWaitingRun();
    const unasked = await desk.sexton('approve', handle.firstExecutionRunId);
    expect(unasked).toMatchObject({ code: 2, stdout: expect.stringContaining(overWords(job)) });
    expect(unasked.stderr).toContain('nothing was approved');
    const json = await desk.sexton('approve', handle.firstExecutionRunId, '--json');
    expect({ ...json, stdout: JSON.parse(json.stdout) }).toMatchObject({
      code: 2,
      stdout: { refused: expect.stringContaining('--yes'), approval: { eligible: 3 } },
      stderr: '',
    });
    expect((await stateOf(handle)).state).toBe('waitingForApproval');

    const words = ['approve', handle.workflowId, '--yes', '--by', 'ben', '--json'];
    const { code, stdout } = await desk.sexton(...words);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      workflowId: handle.workflowId,
      runId: handle.firstExecutionRunId,
      by: 'ben',
      state: 'running',
      approval: { eligible: 3, cutoff: approval.cutoff },
    });
    expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 3 });
    expect(questions).toHaveLength(1);
  });

  it('that the person says no to leaves the run waiting, and exits with 1', async () => {
    const { handle } = await aWaitingRun();
    says = async () => false;
    expect(await desk.sexton('approve', handle.workflowId)).toMatchObject({
      code: 1,
      stderr: 'not approved; it goes on waiting\n',
    });
    expect((await stateOf(handle)).state).toBe('waitingForApproval');
    await handle.terminate();
  });

  it('is refused where what the run shows has changed while the person thought, and approves none of it', async () => {
    const { job, handle, approval } = await aWaitingRun();
    says = async () => {
      await desk.db.query(
        `INSERT INTO public.${job.name} (expires_at) VALUES (sexton.now() - interval '3 days')`,
      );
      const { eligible, cutoff } = approval;
      await handle.executeUpdate('approve', { args: [{ by: 'ben', eligible, cutoff }] });
      await eventually('it asks again', async () => (await stateOf(handle)).approval?.number === 2);
      return true;
    };
    const refused = await desk.sexton('approve', handle.workflowId);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('refused: what it shows is 4 rows before');
    expect((await stateOf(handle)).state).toBe('waitingForApproval');
    expect(await desk.rowsOf(job)).toBe(4);
    await handle.terminate();
  });

  it('of a run that does not wait, that is over, or that is none, says so with its exit code', async () => {
    const job = await desk.declare(0);
    expect(await desk.sexton('approve', job.name)).toMatchObject({
      code: 1,
      stderr: `no run of ${job.name} goes on; there is nothing to approve\n`,
    });
    const free = desk.hold(job);
    const handle = await desk.start(job);
    await eventually('it has begun', async () => (await stateOf(handle)).startedAt);
    expect(await desk.sexton('approve', handle.workflowId, '--yes')).toMatchObject({
      code: 1,
      stderr: 'it does not wait for approval, it is running\n',
    });
    free();
    await handle.result();
    expect(await desk.sexton('approve', handle.firstExecutionRunId)).toMatchObject({
      code: 1,
      stderr: `${handle.workflowId} is over: completed; there is nothing to approve\n`,
    });
    expect(await desk.sexton('approve', 'job/test-pack/none/X')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no workflow job/test-pack/none/X'),
    });
  });
});

describe('a run that is followed', () => {
  it('says once that it waits for approval and how to give it, and is followed to its end', async () => {
    const { job, handle } = await aWaitingRun();
    let text = '';
    const out = { isTTY: false, write: (more: string) => (text += more) } as never;
    const followed = watchRun({ catalog: desk.catalog, job, handle, out });
    await eventually('it says so', () => text.includes('lets it begin'));
    expect(text).toContain(`${job.name} waits for approval: ${overWords(job)}\n`);
    expect(text).toContain(`\`sexton approve ${handle.workflowId}\` lets it begin, until `);
    expect(await desk.sexton('approve', handle.workflowId, '--yes')).toMatchObject({ code: 0 });
    expect(await followed).toMatchObject({ state: 'completed', deleted: 3 });
    expect(text.match(/waits for approval/g)).toHaveLength(1);
  });
});

describe('run --dry-run', () => {
  it('tells a person that a run would wait for approval, and for what', async () => {
    const job = await desk.declare(3, { guard: { maxRows: 2, maxShare: 1, shareFromRows: 0 } });
    const { code, stdout } = await desk.sexton('run', job.name, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(
      `\nit would wait for approval: it would delete 3 rows, 100 % of public.${job.name}; at most 2 rows go without approval\n`,
    );
  });
});
