// What people ask of a run: in force with the next batch, told once, refused while it makes progress, and forgotten with
// it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Hold } from '../../../src/domain/jobs/control.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { sliceDoing } from '../../support/jobs/hooked-databases.ts';
import {
  aRun,
  auditOf,
  type BegunRun,
  beginRun,
  controlled,
  finishRun,
  runSlice,
  toldOf,
} from '../../support/jobs/run-job.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
});

const begin = (job: JobSnapshot = aJob()): Promise<BegunRun> => beginRun(engine, aRun(job));

const controlRows = async (subject: string): Promise<unknown[]> =>
  (
    await engine.db.query('SELECT scope, hold, batch_rows, by FROM sexton.control WHERE subject = $1', [
      subject,
    ])
  ).rows;

const PAUSE: Hold = { kind: 'pause', by: 'ana', reason: 'backup runs' };
const STOP: Hold = { kind: 'stop', by: 'ben', reason: 'the table is locked' };

const ask = (begun: Pick<BegunRun, 'job' | 'run'>, hold: Hold, force = true) =>
  engine.run(engine.activities.holdRun, { run: controlled(begun), hold, force });

const resume = (begun: BegunRun, by = 'cem') =>
  engine.run(engine.activities.releaseRun, { run: controlled(begun), by });

describe('a run that somebody holds', () => {
  it.each([PAUSE, STOP])('finishes the batch in hand and deletes nothing after it: $kind', async (hold) => {
    await insertLinks(engine.db, 20, 25);
    const begun = await begin();
    const result = await sliceDoing(engine, begun, 2, () => ask(begun, hold));
    expect(result).toMatchObject({ done: false, deleted: 10, batches: 2, hold });
    expect(await runSlice(engine, begun, 2)).toMatchObject({ done: false, deleted: 10, hold });
    expect(await runSlice(engine, begun, 2, 2)).toMatchObject({ done: false, deleted: 10, hold });
    expect(await countLinks(engine.db)).toBe(10);
  });

  it('before its first batch deletes nothing at all', async () => {
    await insertLinks(engine.db, 3, 25);
    const begun = await begin();
    await ask(begun, PAUSE);
    expect(await runSlice(engine, begun)).toMatchObject({ done: false, deleted: 0, batches: 0, hold: PAUSE });
    expect(await countLinks(engine.db)).toBe(3);
  });

  it('goes on once it is resumed, and other runs never took notice', async () => {
    await insertLinks(engine.db, 7, 25);
    const held = await begin();
    await ask(held, PAUSE);
    const other = await begin();
    expect(await runSlice(engine, other)).toMatchObject({ done: true, deleted: 7 });
    await insertLinks(engine.db, 7, 25);
    await resume(held);
    expect(await runSlice(engine, held)).toMatchObject({ done: true, deleted: 7 });
  });

  it('tells each change once: asked twice to pause or to go on, it says nothing new', async () => {
    const begun = await begin();
    for (let times = 0; times < 2; times += 1) await ask(begun, PAUSE);
    for (let times = 0; times < 2; times += 1) await resume(begun);
    for (let times = 0; times < 2; times += 1) await ask(begun, STOP);
    const named = { job: begun.job.name, run_id: begun.run.runId };
    expect(await toldOf(engine, begun, 'CLEANUP_PAUSED')).toEqual([
      { ...named, by: 'ana', reason: 'backup runs' },
    ]);
    expect(await toldOf(engine, begun, 'CLEANUP_RESUMED')).toEqual([{ ...named, by: 'cem' }]);
    expect(await toldOf(engine, begun, 'CLEANUP_STOP_REQUESTED')).toEqual([
      { ...named, by: 'ben', reason: 'the table is locked' },
    ]);
  });

  it('is stopped although it is paused; what is stopped is neither paused nor resumed any more', async () => {
    const begun = await begin();
    await ask(begun, PAUSE);
    await ask(begun, STOP);
    await ask(begun, PAUSE);
    await resume(begun);
    expect(await runSlice(engine, begun)).toMatchObject({ done: false, hold: STOP });
    expect((await auditOf(engine, begun)).map(({ action }) => action)).toEqual([
      'CLEANUP_STARTED',
      'CLEANUP_PAUSED',
      'CLEANUP_STOP_REQUESTED',
    ]);
  });

  it('is forgotten with its end: nothing of it stays, also where it is asked too late', async () => {
    const begun = await begin();
    await ask(begun, STOP);
    expect(await controlRows(begun.run.runId)).toHaveLength(1);
    await finishRun(engine, begun, { state: 'stopped', reason: 'stopped by ben' });
    expect(await controlRows(begun.run.runId)).toEqual([]);
    await ask(begun, PAUSE);
    expect(await controlRows(begun.run.runId)).toEqual([]);
    expect((await auditOf(engine, begun)).at(-1)).toMatchObject({ action: 'CLEANUP_STOPPED' });
  });
});

describe('a stop without force', () => {
  const moveClock = (to: string) =>
    engine.db.query('UPDATE sexton.clock SET adjustable = true, "offset" = $1::interval', [to]);
  afterEach(() => moveClock('0'));

  /** A run that began a day ago and whose newest batch was so long ago. */
  const progressed = async (ago: string): Promise<BegunRun> => {
    await insertLinks(engine.db, 10, 25);
    const begun = await begin();
    await runSlice(engine, begun);
    await moveClock('1 day');
    await engine.db.query(
      `UPDATE sexton.ledger SET at = sexton.now() - $2::interval
       WHERE run_id = $1 AND seq = (SELECT max(seq) FROM sexton.ledger WHERE run_id = $1)`,
      [begun.run.runId, ago],
    );
    return begun;
  };

  const newest = async ({ run }: BegunRun): Promise<string> =>
    (
      await engine.db.query(
        `SELECT to_char(max(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
         FROM sexton.ledger WHERE run_id = $1`,
        [run.runId],
      )
    ).rows[0].at;

  it('SLA-95: is refused 9 min 59 s after the newest batch, which it names, and changes nothing', async () => {
    const begun = await progressed('9 min 59 s');
    expect(await ask(begun, STOP, false)).toEqual({ held: false, lastProgressAt: await newest(begun) });
    expect(await controlRows(begun.run.runId)).toEqual([]);
    expect(await toldOf(engine, begun, 'CLEANUP_STOP_REQUESTED')).toEqual([]);
  });

  it('is refused for as long as its job declares, and no longer (SLA-82, SLA-95)', async () => {
    const begun = await progressed('9 min 59 s');
    const input = { run: controlled(begun), hold: STOP, force: false };
    const ask15 = engine.run(engine.activities.holdRun, { ...input, stuckAfterSeconds: 900 });
    expect(await ask15).toMatchObject({ held: false });
    const ask9 = engine.run(engine.activities.holdRun, { ...input, stuckAfterSeconds: 540 });
    expect(await ask9).toEqual({ held: true });
  });

  it('SLA-95: is accepted 10 min after the newest batch', async () => {
    const begun = await progressed('10 min');
    expect(await ask(begun, STOP, false)).toEqual({ held: true });
    expect(await runSlice(engine, begun, 2)).toMatchObject({ hold: STOP });
  });

  it('SLA-95: with force is accepted whenever', async () => {
    expect(await ask(await progressed('1 s'), STOP, true)).toEqual({ held: true });
  });

  it('counts from the start where there was no batch yet', async () => {
    const begun = await begin();
    const refused = { held: false, lastProgressAt: `${begun.plan.startedAt.slice(0, 19)}Z` };
    expect(await ask(begun, STOP, false)).toEqual(refused);
    await moveClock('9 min 50 s');
    expect(await ask(begun, STOP, false)).toEqual(refused);
    await moveClock('10 min');
    expect(await ask(begun, STOP, false)).toEqual({ held: true });
  });

  it('is accepted where the run has not begun in its database', async () => {
    expect(await ask(aRun(), STOP, false)).toEqual({ held: true });
  });

  it('is not a matter of progress for a pause', async () => {
    expect(await ask(await progressed('1 s'), PAUSE, false)).toEqual({ held: true });
  });
});
