// `schedules` from a real Temporal server, and lateness from what was evaluated.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SchedulesMeasureDefinition } from '../../../src/catalog/define/measures.ts';
import { jobId, monitorId, scheduleIdOf } from '../../../src/domain/ids.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { errorOf, readingsOf, type Take, takerOf, valueOf } from '../../support/monitors/measures.ts';
import { connectTemporal, unique } from '../../support/stack.ts';

let temporal: Awaited<ReturnType<typeof connectTemporal>>;
let engine: Engine;
let take: Take;
const PACK = unique('pack');
const [LINKS, GONE, QUEUE] = [jobId(PACK, 'links'), jobId(PACK, 'gone'), monitorId(PACK, 'queue')];
beforeAll(async () => {
  temporal = await connectTemporal();
  engine = await createEngine(temporal.client);
  const job = { pack: PACK, schedule: '0 * * * *', budgetSeconds: 60, resourceType: 'link' };
  const declared = {
    jobs: [
      { ...job, name: 'links' },
      { ...job, name: 'gone' },
    ],
    monitors: [{ pack: PACK, name: 'queue', cadenceSeconds: 60 }],
  };
  take = takerOf({ ...engine.dependencies, declared });
  for (const id of [LINKS, QUEUE]) await make(id);
});
afterAll(async () => {
  for (const id of [LINKS, QUEUE]) await temporal.client.schedule.getHandle(scheduleIdOf(id)).delete();
  await engine.close();
  await temporal.close();
});

const make = (id: string) =>
  temporal.client.schedule.create({
    scheduleId: scheduleIdOf(id),
    spec: { intervals: [{ every: '1d' }] },
    policies: { overlap: 'SKIP' },
    action: {
      type: 'startWorkflow',
      workflowType: 'never',
      taskQueue: 'nobody',
      workflowId: unique('never'),
    },
  });

const asking = (of: SchedulesMeasureDefinition['of'], more: object = {}, options: Parameters<Take>[1] = {}) =>
  take({ kind: 'schedules', of, ...more }, { pack: PACK, ...options });

const figures = async (...args: Parameters<typeof asking>) =>
  Object.fromEntries(
    readingsOf(await asking(...args)).map(({ labels, value }) => [labels['schedule'], value]),
  );

describe('schedules', () => {
  it('that were not applied are told, and have no other figure', async () => {
    expect(await figures('not-applied')).toEqual({ [LINKS]: 0, [GONE]: 1, [QUEUE]: 0 });
    expect(await figures('paused', { names: ['gone', LINKS] })).toEqual({ [GONE]: null, [LINKS]: 0 });
  });

  it('that are paused are told with why, and have no next tick (DRAFT-27)', async () => {
    const handle = temporal.client.schedule.getHandle(scheduleIdOf(LINKS));
    const next = valueOf(await asking('until-next', { names: ['links'] }));
    expect(next).toBeGreaterThanOrEqual(0);
    expect(next).toBeLessThanOrEqual(86_400);
    await handle.pause('paused by ana');
    expect(valueOf(await asking('until-next', { names: ['links'] }))).toBeNull();
    const [reading] = readingsOf(await asking('paused', { names: ['links'] }));
    expect(reading).toMatchObject({ value: 1, facts: [['note', 'paused by ana']] });
    await handle.unpause();
  });

  it('tell what they left out since the tick before, and nothing across being made anew', async () => {
    const only = { names: ['links'] };
    const handle = temporal.client.schedule.getHandle(scheduleIdOf(LINKS));
    expect(await figures('since-last-action', only)).toEqual({ [LINKS]: null });
    const first = await asking('skipped', only);
    expect(valueOf(first)).toBeNull();
    // The first starts a run that nobody takes on, so the second is left out.
    await handle.trigger('SKIP');
    await eventually(
      'it has started a run',
      async () => (await handle.describe()).info.numActionsTaken === 1,
    );
    await handle.trigger('SKIP');
    await eventually(
      'one was left out',
      async () => (await handle.describe()).info.numActionsSkippedOverlap === 1,
    );
    const second = await asking('skipped', only, { before: first.counters ?? {} });
    expect(valueOf(second)).toBe(1);
    expect((await figures('since-last-action', only))[LINKS]).toBeLessThan(60);
    const older = { ...second.counters, [`${LINKS} made at`]: 1, [LINKS]: 0 };
    expect(valueOf(await asking('skipped', only, { before: older }))).toBeNull();
    expect(valueOf(await asking('missed', only, { before: first.counters ?? {} }))).toBe(0);
  });

  it('that nobody declares are refused', async () => {
    expect(errorOf(await asking('paused', { names: ['other'] }))).toMatch(/^UNKNOWN_NAME/);
  });
});

describe("a monitor's lateness", () => {
  it('is how much older than its cadence its newest evaluation is; null where there is none', async () => {
    expect(await figures('monitor-lateness')).toEqual({ [QUEUE]: null });
    const evaluated = (secondsAgo: number) =>
      engine.db.query(
        `INSERT INTO sexton.evaluation (pack, monitor, tick, series, failed, firing)
         VALUES ($1, 'queue', sexton.now() - make_interval(secs => $2), 0, 0, 0)
         ON CONFLICT (pack, monitor) DO UPDATE SET tick = excluded.tick`,
        [PACK, secondsAgo],
      );
    await evaluated(30);
    expect(await figures('monitor-lateness')).toEqual({ [QUEUE]: 0 });
    await evaluated(360);
    expect((await figures('monitor-lateness'))[QUEUE]).toBeCloseTo(300, -1);
  });
});
