// What an operator does to a schedule, on a real Temporal server: what it shows, who paused it and why, and what stands
// against letting it go on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogJob } from '../../src/catalog/catalog.ts';
import { registerControls } from '../../src/client/commands/control.ts';
import { registerSchedule } from '../../src/client/commands/schedule.ts';
import { applyDifferences } from '../../src/client/sync/sync.ts';
import { jobScheduleId, RECONCILE_SCHEDULE_ID } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { unique } from '../support/stack.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerSchedule, registerControls]);
});
afterAll(() => desk.close());

const idOf = ({ pack, name }: CatalogJob): string => jobScheduleId(pack, name);

const apply = () => applyDifferences({ catalog: desk.catalog, client: desk.bell.client, only: ['schedule'] });

/** A declared job whose schedule Temporal has. */
const scheduled = async (rows = 0): Promise<CatalogJob> => {
  const job = await desk.declare(rows);
  await apply();
  return job;
};

const stateOf = async (job: CatalogJob) =>
  (await desk.bell.client.schedule.getHandle(idOf(job)).describe()).state;

const listed = async (job: CatalogJob) => {
  const { code, stdout } = await desk.sexton('schedule', 'list', '--json');
  expect(code).toBe(0);
  const { schedules }: { schedules: readonly { readonly id: string }[] } = JSON.parse(stdout);
  return schedules.find(({ id }) => id === idOf(job));
};

/** Run rows as their runs would have left them, the last one newest. */
const hadRuns = async (
  job: CatalogJob,
  runs: readonly { state: string; hoursAgo: number; dry?: boolean }[],
) => {
  for (const { state, hoursAgo, dry = false } of runs) {
    await desk.db.query(
      `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run,
         budget_seconds, state, started_at, ended_at)
       SELECT $1, $1, $2, $3, 'app', 'link', $4, 'schedule', $5, 300, $6, at, at + interval '1 minute'
       FROM (SELECT sexton.now() - make_interval(mins => $7) AS at) t`,
      [unique('run'), job.pack, job.name, job.snapshot.lockKey, dry, state, Math.round(hoursAgo * 60)],
    );
  }
};

describe('schedule pause', () => {
  it('starts nothing further, says by whom and why, and `apply` keeps both', async () => {
    const job = await scheduled();
    const paused = await desk.sexton('schedule', 'pause', job.name, '--by', 'ana', '--reason', 'new index');
    expect(paused).toEqual({
      code: 0,
      stdout:
        `${idOf(job)}: paused by ana: new index\n` +
        '  next: no run starts by it until `sexton schedule resume`; one that goes on is not touched\n',
      stderr: '',
    });
    await apply();
    expect(await stateOf(job)).toMatchObject({ paused: true, note: 'paused by ana: new index' });
    expect(await listed(job)).toMatchObject({ paused: true, note: 'paused by ana: new index', nextAt: null });
  });

  it('of a schedule that is paused already leaves the note of whoever did it', async () => {
    const job = await scheduled();
    await desk.sexton('schedule', 'pause', job.name, '--by', 'ana', '--reason', 'new index');
    const again = await desk.sexton('schedule', 'pause', job.id, '--by', 'ben', '--reason', 'holiday');
    expect(again).toMatchObject({
      code: 0,
      stdout: `${idOf(job)}: is paused already (paused by ana: new index); nothing was changed\n`,
    });
    expect(await stateOf(job)).toMatchObject({ note: 'paused by ana: new index' });
  });

  it('of one that Temporal does not have is refused with what makes it: exit 1', async () => {
    const job = await desk.declare(0);
    for (const verb of ['pause', 'resume', 'trigger']) {
      expect(await desk.sexton('schedule', verb, job.name)).toEqual({
        code: 1,
        stdout: '',
        stderr: `Temporal has no schedule ${idOf(job)}; \`sexton apply\` makes it\n`,
      });
    }
    expect(await listed(job)).toMatchObject({ applied: false, nextAt: null, last: null });
  });
});

describe('schedule resume', () => {
  it('lets it start runs again and says when, and changes nothing where it is not paused', async () => {
    const job = await scheduled();
    await desk.sexton('schedule', 'pause', job.name);
    const { code, stdout } = await desk.sexton('schedule', 'resume', job.name, '--by', 'ben', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      id: idOf(job),
      paused: false,
      note: 'resumed by ben',
      nextAt: expect.stringMatching(/T04:10:00.000Z$/),
      changed: true,
    });
    expect(await stateOf(job)).toMatchObject({ paused: false, note: 'resumed by ben' });
    expect(await listed(job)).toMatchObject({ paused: false, note: null });
    expect(await desk.sexton('schedule', 'resume', job.name)).toMatchObject({
      code: 0,
      stdout: `${idOf(job)}: is not paused; nothing was changed\n`,
    });
  });

  it('after a stop demands a dry run that succeeded since (SLA-96)', async () => {
    const job = await scheduled(200);
    await desk.sexton('schedule', 'pause', job.name);
    const run = await desk.start(job, { rowsPerSecond: 20 });
    await eventually('it has begun', async () => (await desk.rowsOf(job)) < 200);
    await desk.sexton('stop', job.name, '--force', '--reason', 'wrong cutoff');
    await run.result();
    const refused = await desk.sexton('schedule', 'resume', job.name);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toBe(
      `${job.name}: refused, its last run was stopped, and no dry run has succeeded since within 24 h. Mend the ` +
        `cause and run \`sexton run ${job.name} --dry-run\` first, or say \`--force --reason …\`\n`,
    );
    expect(await stateOf(job)).toMatchObject({ paused: true });
    await (await desk.start(job, { dryRun: true })).result();
    expect(await desk.sexton('schedule', 'resume', job.name)).toMatchObject({ code: 0 });
    expect(await stateOf(job)).toMatchObject({ paused: false });
  });

  const failed = { state: 'failed', hoursAgo: 40 };
  const today = { state: 'failed', hoursAgo: 10 };
  it.each([
    ['three failures in a row', [failed, failed, { ...failed, state: 'blocked' }], 1],
    [
      'three failures with a skipped run between',
      [failed, failed, { ...failed, state: 'skipped' }, failed],
      1,
    ],
    ['a dry run before them', [{ state: 'completed', hoursAgo: 11, dry: true }, today, today, today], 1],
    ['a dry run of 25 h ago', [failed, failed, failed, { state: 'completed', hoursAgo: 25, dry: true }], 1],
    ['a dry run that failed', [failed, failed, failed, { state: 'failed', hoursAgo: 1, dry: true }], 1],
    ['a dry run of 23 h ago', [failed, failed, failed, { state: 'completed', hoursAgo: 23, dry: true }], 0],
    ['two failures', [{ ...failed, state: 'completed' }, failed, failed], 0],
    ['a success since', [failed, failed, failed, { state: 'completed', hoursAgo: 1 }], 0],
    ['no run at all', [], 0],
  ] as const)('after %s it exits as the guard says (SLA-96)', async (_, runs, code) => {
    const job = await scheduled();
    await hadRuns(
      job,
      runs.map((run, place) => ({ ...run, hoursAgo: run.hoursAgo - place / 10 })),
    );
    await desk.sexton('schedule', 'pause', job.name);
    expect(await desk.sexton('schedule', 'resume', job.name)).toMatchObject({ code });
  });

  it('by force needs a reason, which is written down with the fact that there was no dry run (SLA-96)', async () => {
    const job = await scheduled();
    await hadRuns(job, [{ state: 'stopped', hoursAgo: 1 }]);
    await desk.sexton('schedule', 'pause', job.name);
    expect(await desk.sexton('schedule', 'resume', job.name, '--force')).toMatchObject({
      code: 2,
      stderr: 'error: --force needs --reason: why it goes on without a dry run\n',
    });
    const words = ['--force', '--reason', 'it was a drill', '--by', 'ana'];
    expect(await desk.sexton('schedule', 'resume', job.name, ...words)).toMatchObject({ code: 0 });
    expect((await stateOf(job)).note).toBe('resumed without a dry run by ana: it was a drill');
  });
});

describe('schedule trigger', () => {
  it('starts the run now and names its workflow, and `schedule list` then has its result', async () => {
    const job = await scheduled(10);
    const { code, stdout, stderr } = await desk.sexton('schedule', 'trigger', job.name);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const workflowId = /^started (job\/\S+\/scheduled-\S+)\n$/.exec(stdout)?.[1] ?? '';
    const result = await desk.bell.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({ state: 'completed', deleted: 10 });
    await eventually('the list has it', async () => {
      const found = await listed(job);
      return JSON.stringify(found).includes('"result":"completed"');
    });
    expect(await listed(job)).toMatchObject({
      id: idOf(job),
      cron: '10 4 * * *',
      applied: true,
      nextAt: expect.stringMatching(/T04:10:00.000Z$/),
      last: { workflowId, result: 'completed' },
    });
  });

  it('starts no second one while the first goes on, says which that is, and exits with 1', async () => {
    const job = await scheduled(10);
    const free = desk.hold(job);
    await desk.sexton('schedule', 'pause', job.name);
    const first = await desk.sexton('schedule', 'trigger', job.name, '--json');
    const { workflowId }: { workflowId: string } = JSON.parse(first.stdout);
    expect(await desk.sexton('schedule', 'trigger', job.name)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${idOf(job)}: nothing was started, ${workflowId} still goes on\n`,
    });
    expect(await stateOf(job)).toMatchObject({ paused: true });
    free();
    await desk.bell.client.workflow.getHandle(workflowId).result();
  });
});

describe('schedule list', () => {
  it('shows a person every declared schedule in one table, reconcile’s too', async () => {
    const job = await scheduled();
    const { code, stdout } = await desk.sexton('schedule', 'list');
    expect(code).toBe(0);
    for (const head of ['schedule', 'cron (UTC)', 'next run', 'paused', 'last run', 'result'])
      expect(stdout).toContain(head);
    expect(stdout).toContain(idOf(job));
    expect(stdout).toContain(RECONCILE_SCHEDULE_ID);
    expect(stdout).toContain('every 30s');
  });
});
