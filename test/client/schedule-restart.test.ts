// `schedule restart`: a schedule made anew from what is declared, on a real Temporal server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogJob } from '../../src/catalog/catalog.ts';
import { registerSchedule } from '../../src/client/commands/schedule.ts';
import { applyDifferences } from '../../src/client/sync/sync.ts';
import { jobScheduleId } from '../../src/domain/ids.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { unique } from '../support/stack.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerSchedule]);
});
afterAll(() => desk.close());

const idOf = ({ pack, name }: CatalogJob): string => jobScheduleId(pack, name);
const handleOf = (job: CatalogJob) => desk.bell.client.schedule.getHandle(idOf(job));
const apply = () => applyDifferences({ catalog: desk.catalog, client: desk.bell.client, only: ['schedule'] });

const restart = async (job: CatalogJob, ...flags: string[]) => {
  const { code, stdout, stderr } = await desk.sexton(
    'schedule',
    'restart',
    job.name,
    '--by',
    'ana',
    ...flags,
    '--json',
  );
  return { code, stderr, ...JSON.parse(stdout) };
};

describe('schedule restart', () => {
  it('makes a schedule that is gone or paused anew, as declared and not paused, and starts one run (DRAFT-86)', async () => {
    const job = await desk.declare(2);
    await apply();
    await handleOf(job).pause('lost');
    const restarted = await restart(job, '--reason', 'stalled');
    expect(restarted).toMatchObject({
      code: 0,
      id: idOf(job),
      note: 'restarted by ana: stalled',
      nextAt: expect.any(String),
      run: { started: expect.stringContaining(job.name) },
    });
    expect((await handleOf(job).describe()).state).toMatchObject({ paused: false });
    expect(await desk.bell.client.workflow.getHandle(restarted.run.started).result()).toMatchObject({
      state: 'completed',
      deleted: 2,
    });
    await handleOf(job).delete();
    expect(await restart(job)).toMatchObject({ code: 0, run: { started: expect.any(String) } });
    // `apply` finds nothing to do: it is what is declared.
    expect(await apply()).toEqual([]);
  });

  it('lets a paused job that failed three times go on only after a dry run, or by force with a reason (DRAFT-88)', async () => {
    const job = await desk.declare(0);
    await apply();
    await handleOf(job).pause('three failures');
    for (const minutesAgo of [30, 20, 10])
      await desk.db.query(
        `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run,
           budget_seconds, state, started_at, ended_at)
         SELECT $1, $1, $2, $3, 'app', 'link', $4, 'schedule', false, 300, 'failed', at, at
         FROM (SELECT sexton.now() - make_interval(mins => $5) AS at) t`,
        [unique('run'), job.pack, job.name, job.snapshot.lockKey, minutesAgo],
      );
    const refused = await restart(job);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.refused).toContain('its last 3 runs failed');
    expect((await handleOf(job).describe()).state.paused).toBe(true);
    expect(await restart(job, '--force', '--reason', 'the key is mended')).toMatchObject({
      code: 0,
      note: 'restarted without a dry run by ana: the key is mended',
    });
  });
});
