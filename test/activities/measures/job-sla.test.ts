// `job-sla` on real Postgres: the same runs, told by Sexton's own rows and by an audit log.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobSlaMeasureDefinition } from '../../../src/catalog/define/measures.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { errorOf, readingsOf, type Take, takerOf } from '../../support/monitors/measures.ts';

let engine: Engine;
let take: Take;
const job = (name: string, budgetSeconds = 300) => ({
  pack: 'test-pack',
  name,
  schedule: '0 * * * *',
  budgetSeconds,
  resourceType: `${name}_row`,
});
beforeAll(async () => {
  engine = await createEngine();
  const declared = {
    jobs: [job('links'), job('plans', 600), { ...job('links'), pack: 'other' }],
    monitors: [],
  };
  take = takerOf({ ...engine.dependencies, declared });
});
afterAll(() => engine.close());
beforeEach(() => engine.db.query('TRUNCATE sexton.run'));

const measure = (of: JobSlaMeasureDefinition['of'], more: Partial<JobSlaMeasureDefinition> = {}) =>
  take({ kind: 'job-sla', of, ...more }).then(readingsOf);

const audited = (of: JobSlaMeasureDefinition['of'], more: Partial<JobSlaMeasureDefinition> = {}) =>
  measure(of, { from: 'audit', database: 'app', ...more });

/** Began so many minutes ago; without minutes of its own it goes on. */
const ran = (id: string, startedAgo: number, minutes?: number, change: object = {}) => {
  const { name, state, dry, pack } = {
    name: 'links',
    state: 'completed',
    dry: false,
    pack: 'test-pack',
    ...change,
  };
  return engine.db.query(
    `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run,
       budget_seconds, state, started_at, ended_at, duration_seconds)
     SELECT $1, 'wf-' || $1, $2, $3, 'app', 'link', 'l', 'schedule', $4, 300, $5, at, at + make_interval(secs => $7), $7
     FROM (SELECT sexton.now() - make_interval(mins => $6) AS at) t`,
    [
      id,
      pack,
      name,
      dry,
      minutes === undefined ? 'running' : state,
      startedAgo,
      minutes === undefined ? null : minutes * 60,
    ],
  );
};

describe("Sexton's own rows", () => {
  it('give a series a job, each of its newest run, and of a run that goes on with its seconds so far', async () => {
    await ran('old', 120, 4);
    await ran('now', 6);
    await ran('dry', 1, 0.1, { dry: true });
    await ran('foreign', 1, 4, { pack: 'other' });
    const [links, plans, ...more] = await measure('utilization');
    expect(links).toMatchObject({
      labels: { job: 'links' },
      subject: { id: 'now' },
      facts: [['run', 'wf-now']],
      payload: { job: 'links', run_id: 'now', sla_budget_seconds: 300, running: true },
    });
    expect(links?.value).toBeGreaterThanOrEqual(120);
    expect(links?.value).toBeLessThan(125);
    expect(plans).toEqual({
      labels: { job: 'plans' },
      value: null,
      payload: { job: 'plans', sla_budget_seconds: 600 },
    });
    expect(more).toEqual([]);
  });

  it('name a run and its start as the run itself reports them, to the microsecond', async () => {
    await ran('one', 60, 1);
    const { rows } = await engine.db.query(
      `SELECT to_char(started_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at FROM sexton.run`,
    );
    const [links] = await measure('duration', { jobs: ['links'] });
    expect(links).toMatchObject({ value: 60, subject: { id: 'one', at: rows[0].at } });
  });

  it('tell streaks, rates and missed ticks', async () => {
    await ran('a', 6 * 60 + 1, 1);
    await ran('b', 130, 1, { state: 'failed' });
    await ran('c', 70, 1, { state: 'blocked' });
    const only = { jobs: ['links'] };
    expect((await measure('failing-streak', only))[0]?.value).toBe(2);
    expect((await measure('success-rate', only))[0]?.value).toBeCloseTo(1 / 3);
    expect((await measure('since-success', only))[0]?.value).toBeGreaterThan(5.9 * 3600);
    expect((await measure('missed-ticks', only))[0]?.value).toBeGreaterThanOrEqual(3);
  });

  it('are refused for jobs that this worker does not have', async () => {
    expect(errorOf(await take({ kind: 'job-sla', of: 'duration', jobs: ['nothing'] }))).toMatch(
      /^UNKNOWN_NAME/,
    );
  });
});

/** The log is append-only, so each test has a job's worth of rows of its own, dated by minutes ago. */
const log = async (
  rows: readonly (readonly [
    action: string,
    minutesAgo: number,
    metadata?: object,
    runId?: string | undefined,
  ])[],
) => {
  for (const [action, minutesAgo, metadata = {}, runId] of rows) {
    await engine.db.query(
      `INSERT INTO sexton.audit_log (actor, action, resource_type, "timestamp", metadata, pack, run_id)
       VALUES ('system:cleanup', $1, 'plans_row', sexton.now() - make_interval(secs => $2::float8 * 60), $3, 'test-pack', $4)`,
      [`CLEANUP_${action}`, minutesAgo, JSON.stringify(metadata), runId ?? null],
    );
  }
};

describe('an audit log', () => {
  let own = 0;
  let only: { jobs: string[] };
  /** A job that the metadata names, so that each test has its own. */
  const fresh = () => {
    own += 1;
    const name = `job${own}`;
    only = { jobs: [name] };
    take = takerOf({ ...engine.dependencies, declared: { jobs: [job(name)], monitors: [] } });
    return (metadata: object = {}) => ({ job: name, ...metadata });
  };

  it('gives runs from start and ending, and counts an ending without a start by what it says of itself (SLA-25)', async () => {
    const of = fresh();
    await log([
      ['STARTED', 100, of(), 'r1'],
      ['COMPLETED', 96, of({ duration_seconds: 999 }), 'r1'],
    ]);
    expect((await audited('duration', only))[0]).toMatchObject({ subject: { id: 'r1' } });
    expect((await audited('duration', only))[0]?.value).toBeCloseTo(240, 0);
    await log([['COMPLETED', 50, of({ duration_seconds: 330 }), 'r2']]);
    expect((await audited('utilization', only))[0]).toMatchObject({ subject: { id: 'r2' } });
    expect((await audited('utilization', only))[0]?.value).toBeCloseTo(110);
    await log([['COMPLETED', 40, of({ duration_seconds: 'long' }), 'r3']]);
    expect((await audited('utilization', only))[0]).toMatchObject({ value: null, subject: { id: 'r3' } });
  });

  it('tells a row without a job by what it is about (SLA-09)', async () => {
    take = takerOf({ ...engine.dependencies, declared: { jobs: [job('plans')], monitors: [] } });
    await log([['COMPLETED', 30, { duration_seconds: 60 }, 'by-type']]);
    expect((await audited('duration'))[0]).toMatchObject({ labels: { job: 'plans' }, value: 60 });
  });

  it('takes the earliest of rows of one run, and rows without a run for one only within a second (SLA-117)', async () => {
    const of = fresh();
    const same = of({ duration_seconds: 5 });
    // Its id stands in the metadata only, as others than the engine write it.
    await log([
      ['COMPLETED', 20, same, undefined],
      ['COMPLETED', 19.9, same, undefined],
      ['COMPLETED', 10, of({ run_id: 'again', duration_seconds: 6 })],
      ['COMPLETED', 9, of({ run_id: 'again', duration_seconds: 7 })],
    ]);
    expect((await audited('success-rate', only))[0]).toMatchObject({
      payload: { successes: 3, failures: 0 },
    });
    expect((await audited('duration', only))[0]).toMatchObject({ value: 6, subject: { id: 'again' } });
  });

  it('counts rows that say the same once, and none of the future (SLA-117, SLA-118)', async () => {
    const of = fresh();
    const twice = of({ duration_seconds: 5, n: 1 });
    await log([
      ['FAILED', 30, of({ duration_seconds: 1 }), undefined],
      ['COMPLETED', 20, twice, undefined],
      ['COMPLETED', 20.01, twice, undefined],
      ['FAILED', -10, of(), 'tomorrow'],
    ]);
    expect((await audited('success-rate', only))[0]).toMatchObject({
      payload: { successes: 1, failures: 1 },
    });
  });

  it('leaves out skipped and dry runs, and says so where a clock was wrong (SLA-19, SLA-119)', async () => {
    const of = fresh();
    await log([
      ['STARTED', 50, of(), 'skewed'],
      ['COMPLETED', 51, of({ duration_seconds: 7 }), 'skewed'],
      ['LOCK_SKIPPED', 20, of(), 'skipped'],
      ['DRY_RUN', 10, of({ duration_seconds: 1 }), 'dry'],
    ]);
    expect((await audited('duration', only))[0]).toMatchObject({ value: 7, payload: { clock_skew: true } });
  });

  it('counts a run without an end as going on, and as lost once it has taken twice its budget and nobody knows it (SLA-116)', async () => {
    const of = fresh();
    await log([['STARTED', 9, of(), 'long']]);
    expect((await audited('utilization', only))[0]?.value).toBeGreaterThan(179);
    expect((await audited('failing-streak', only))[0]?.value).toBeNull();
    await log([['STARTED', 10.5, of(), 'gone']]);
    expect((await audited('failing-streak', only))[0]).toMatchObject({
      value: 1,
      subject: { id: 'gone' },
      payload: { error_codes: ['RUN_LOST'] },
    });
    await ran('gone', 11);
    expect((await audited('failing-streak', only))[0]?.value).toBeNull();
  });
});
