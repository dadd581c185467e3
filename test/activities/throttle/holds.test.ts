// A hold of a throttle: how it is written down, told once and survives crashes, and with whom it ends. On real Postgres and
// Redis; only Temporal is left out.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endLostRun } from '../../../src/activities/reconcile/end-lost-run.ts';
import { openHold, readThrottledMs } from '../../../src/adapters/postgres/runs/holds.ts';
import type { RunRow } from '../../../src/adapters/postgres/runs/unfinished-runs.ts';
import { createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { auditOf, type BegunRun, controlled, finishRun } from '../../support/jobs/run-job.ts';
import {
  beginThrottled,
  closedWindow,
  createOthers,
  holdsOf,
  holdsTold,
  type Others,
  sliceThrottled,
} from '../../support/jobs/throttled.ts';

let engine: Engine;
let others: Others;
beforeAll(async () => {
  engine = await createEngine();
  others = await createOthers(engine);
});
afterAll(async () => {
  await engine.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 12, 25);
});
afterEach(() => others.leave());

/** The same run with nothing left to hold it. */
const freed = (begun: BegunRun): BegunRun => ({
  ...begun,
  job: { ...begun.job, throttle: { limitSeconds: 150 } },
});

describe('a hold', () => {
  it('is one from the slice that met it to the one that finds it over, told once with its reason and length', async () => {
    const begun = await beginThrottled(engine, closedWindow());
    const first = await sliceThrottled(engine, begun);
    const second = await sliceThrottled(engine, begun, { number: 2 });
    expect(second.throttle?.since).toBe(first.throttle?.since);
    expect(await sliceThrottled(engine, freed(begun), { number: 3 })).toMatchObject({
      done: true,
      deleted: 12,
    });
    const [hold, ...more] = await holdsOf(engine, begun);
    expect([hold, more]).toMatchObject([{ probe: 'windows', slice: 1, open: false }, []]);
    const [told, ...rest] = await holdsTold(engine, begun);
    expect(rest).toEqual([]);
    expect(told).toMatchObject({
      job: begun.job.name,
      run_id: begun.plan.runId,
      probe: 'windows',
      reason: hold?.reason,
      from: first.throttle?.since,
    });
    const { from, until, seconds } = told as { from: string; until: string; seconds: number };
    expect(Math.abs((Date.parse(until) - Date.parse(from)) / 1000 - seconds)).toBeLessThanOrEqual(0.06);
    await finishRun(engine, begun);
    expect(await holdsTold(engine, begun)).toHaveLength(1);
  });

  it('that a killed slice left open is found by the next attempt, which goes on or ends it', async () => {
    const begun = await beginThrottled(engine, closedWindow());
    await sliceThrottled(engine, begun, { attempt: 1 });
    await sliceThrottled(engine, begun, { attempt: 2 });
    expect(await holdsOf(engine, begun)).toMatchObject([{ attempt: 1, open: true }]);
    await sliceThrottled(engine, freed(begun), { attempt: 3 });
    expect(await holdsOf(engine, begun)).toMatchObject([{ attempt: 1, open: false }]);
    expect(await holdsTold(engine, begun)).toHaveLength(1);
  });

  it('that lasts to the run’s end ends with it, told before the ending and once however often that is tried', async () => {
    const begun = await beginThrottled(engine, closedWindow());
    await sliceThrottled(engine, begun);
    for (const attempt of [1, 2]) await finishRun(engine, begun, { state: 'stopped' }, attempt);
    expect((await auditOf(engine, begun)).map(({ action }) => action)).toEqual([
      'CLEANUP_STARTED',
      'CLEANUP_THROTTLED',
      'CLEANUP_STOPPED',
    ]);
    const before = await readThrottledMs(engine.db, begun.plan.runId);
    expect(await readThrottledMs(engine.db, begun.plan.runId)).toBe(before);
  });

  it('of a run that was lost is ended and told by reconcile', async () => {
    const begun = await beginThrottled(engine, closedWindow());
    await sliceThrottled(engine, begun);
    const { pack, name: job, lockKey, resourceType } = begun.job;
    const row = {
      ...begun.run,
      pack,
      job,
      database: 'app',
      resourceType,
      lockKey,
      budgetSeconds: 1,
      ageSeconds: 2,
    };
    await engine.run((lost: RunRow) => endLostRun(engine.dependencies, lost), row as RunRow);
    expect((await holdsOf(engine, begun)).map(({ open }) => open)).toEqual([false]);
    expect(await holdsTold(engine, begun)).toHaveLength(1);
  });

  it('is opened by no attempt that was replaced, and by none after the run’s end', async () => {
    const begun = await beginThrottled(engine, {});
    await sliceThrottled(engine, begun, { attempt: 2 });
    const verdict = { probe: 'lockWaiters', reason: 'late' } as const;
    const { runId } = begun.plan;
    expect(await openHold(engine.db, { runId, slice: 1, attempt: 1 }, verdict)).toBe(false);
    await finishRun(engine, begun);
    expect(await openHold(engine.db, { runId, slice: 1, attempt: 2 }, verdict)).toBe(false);
    expect(await holdsOf(engine, begun)).toEqual([]);
  });

  it('by another probe is another hold, so that each has its own sum', async () => {
    const begun = await beginThrottled(engine, closedWindow());
    await sliceThrottled(engine, begun);
    await others.waitForLock();
    const next = { ...begun, job: { ...begun.job, throttle: { lockWaiters: 0, limitSeconds: 150 } } };
    await sliceThrottled(engine, next, { number: 2 });
    expect(await holdsOf(engine, begun)).toMatchObject([
      { probe: 'windows', open: false },
      { probe: 'lockWaiters', open: true },
    ]);
    expect(await holdsTold(engine, begun)).toHaveLength(1);
  });

  it('ends where a person pauses the run, whose time is counted as theirs', async () => {
    const begun = await beginThrottled(engine, closedWindow());
    await sliceThrottled(engine, begun);
    await engine.run(engine.activities.holdRun, {
      run: controlled(begun),
      hold: { kind: 'pause', by: 'ana' },
    });
    const before = await readThrottledMs(engine.db, begun.plan.runId);
    // A slice that was on its way meanwhile does not count on.
    await sliceThrottled(engine, begun, { number: 2 });
    expect(await readThrottledMs(engine.db, begun.plan.runId)).toBe(before);
    expect(await holdsTold(engine, begun)).toHaveLength(1);
  });
});
