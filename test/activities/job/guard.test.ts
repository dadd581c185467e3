// A run that would take more than its job lets through begins only once a person has approved exactly that.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BeginInput, BeginResult } from '../../../src/activities/job/begin.ts';
import {
  type ApprovalRequest,
  type Approved,
  DEFAULT_GUARD,
  type Guard,
} from '../../../src/domain/jobs/guard.ts';
import { batchedSteps } from '../../../src/domain/jobs/step.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { aRun, auditOf, homeRowOf } from '../../support/jobs/run-job.ts';
import { redisUrl } from '../../support/stack.ts';

let engine: Engine;
let redis: Redis;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
});

const HALF: Guard = { maxShare: 0.5, shareFromRows: 0 };

const begin = (input: BeginInput, attempt = 1): Promise<BeginResult> =>
  engine.run(engine.activities.begin, input, attempt);

const guarded = (guard: Guard | undefined) => aRun(aJob({ ...(guard && { guard }) }));

/** What the run asks; fails where it begins. */
const asked = async (input: BeginInput, attempt = 1): Promise<ApprovalRequest> => {
  const result = await begin(input, attempt);
  if (result.begun || !result.approval) throw new Error('it did not ask');
  return result.approval;
};

const approvedBy = (request: ApprovalRequest, reason?: string): Approved => ({
  by: 'ana',
  ...(reason && { reason }),
  request,
});

const actionsOf = async (input: BeginInput): Promise<readonly string[]> =>
  (await auditOf(engine, input)).map(({ action }) => action);

/** 6 of 10 rows are old enough. */
const sixOfTen = async (): Promise<void> => {
  await insertLinks(engine.db, 6, 25);
  await insertLinks(engine.db, 4, 1);
};

describe('a run above its limits', () => {
  it('asks, says what would go of what, and has locked, fenced and begun nothing', async () => {
    await sixOfTen();
    const input = guarded(HALF);
    const request = await asked(input);
    expect(request).toMatchObject({
      number: 1,
      eligible: 6,
      isEstimate: false,
      steps: [
        {
          step: 'links',
          action: 'delete',
          table: 'public.link',
          eligible: 6,
          tableRows: 10,
          share: 0.6,
          limit: 'at most 50 % of the table',
          cutoff: request.cutoff,
        },
      ],
    });
    expect(await redis.exists(input.job.lockKey)).toBe(0);
    const fence = await engine.db.query('SELECT 1 FROM sexton.fence WHERE resource = $1', [
      input.job.lockKey,
    ]);
    expect(fence.rows).toEqual([]);
    expect(await homeRowOf(engine, input)).toMatchObject({ state: 'running', cutoff: null });
    expect(await auditOf(engine, input)).toMatchObject([
      {
        action: 'CLEANUP_APPROVAL_REQUESTED',
        metadata: {
          job: 'cleanup_links',
          request: 1,
          eligible: 6,
          cutoff: request.cutoff,
          limit: 'at most 50 % of the table',
        },
      },
    ]);
    expect(await countLinks(engine.db)).toBe(10);
  });

  it('asks the same when its worker died before the answer was told, and writes it down once', async () => {
    await sixOfTen();
    const input = guarded(HALF);
    const request = await asked(input);
    await insertLinks(engine.db, 5, 30);
    expect(await asked(input, 2)).toEqual(request);
    expect(await actionsOf(input)).toEqual(['CLEANUP_APPROVAL_REQUESTED']);
  });

  it('lets go of a lock that an attempt which died had taken', async () => {
    await sixOfTen();
    const input = guarded(HALF);
    const { run, job } = input;
    const since = new Date().toISOString();
    await engine.dependencies.lock.acquire(
      job.lockKey,
      { workflowId: run.workflowId, firstRunId: run.runId, since },
      30_000,
    );
    await asked(input);
    expect(await redis.exists(job.lockKey)).toBe(0);
  });

  it('is not asked about any more once it has begun, whatever its table holds by then', async () => {
    await insertLinks(engine.db, 5, 25);
    await insertLinks(engine.db, 5, 1);
    const input = guarded(HALF);
    expect(await begin(input)).toMatchObject({ begun: true, plan: { eligible: 5 } });
    await insertLinks(engine.db, 20, 25);
    expect(await begin(input, 2)).toMatchObject({ begun: true, plan: { eligible: 5 } });
  });
});

describe('a run within its limits begins:', () => {
  it.each<[string, Guard | undefined]>([
    ['at exactly the share', { maxShare: 0.6, shareFromRows: 0 }],
    ['at exactly the rows', { maxRows: 6, maxShare: 1, shareFromRows: 0 }],
    ['by default, on a small table', DEFAULT_GUARD],
    ['without a guard, as runs of before there were any', undefined],
  ])('%s', async (_, guard) => {
    await sixOfTen();
    expect(await begin(guarded(guard))).toMatchObject({ begun: true, plan: { eligible: 6 } });
  });

  it('and one row more than that does not', async () => {
    await sixOfTen();
    const rows = { maxRows: 5, maxShare: 1, shareFromRows: 0 };
    expect((await asked(guarded(rows))).steps[0].limit).toBe('at most 5 rows');
  });

  it('and neither does one that takes more than 90 % of 10,000 rows, where nothing is declared', async () => {
    await insertLinks(engine.db, 9_001, 25);
    await insertLinks(engine.db, 999, 1);
    expect((await asked(guarded(DEFAULT_GUARD))).steps[0]).toMatchObject({
      share: 0.9001,
      tableRows: 10_000,
    });
  });

  it('by what the table holds, not by statistics of before most of it went', async () => {
    await insertLinks(engine.db, 9_000, 1);
    await engine.db.query('ANALYZE public.link; DELETE FROM public.link');
    await sixOfTen();
    expect((await asked(guarded(HALF))).steps[0].tableRows).toBe(10);
  });
});

describe('a run that was approved', () => {
  it('begins with exactly the cutoff that was shown, and says once who approved what', async () => {
    await sixOfTen();
    const input = guarded(HALF);
    const request = await asked(input);
    const approved = approvedBy(request, 'first run on a backlog');
    const result = await begin({ ...input, approved });
    expect(result).toMatchObject({ begun: true, plan: { cutoff: request.cutoff, eligible: 6 } });
    await begin({ ...input, approved }, 2);
    expect(await actionsOf(input)).toEqual([
      'CLEANUP_APPROVAL_REQUESTED',
      'CLEANUP_APPROVED',
      'CLEANUP_STARTED',
    ]);
    expect((await auditOf(engine, input))[1]?.metadata).toMatchObject({
      by: 'ana',
      reason: 'first run on a backlog',
      request: 1,
      eligible: 6,
      cutoff: request.cutoff,
      limit: 'at most 50 % of the table',
    });
  });

  it('asks anew where there is one row more before that cutoff by now, and keeps the cutoff', async () => {
    await sixOfTen();
    const input = guarded(HALF);
    const request = await asked(input);
    await insertLinks(engine.db, 1, 30);
    const again = await asked({ ...input, approved: approvedBy(request) });
    expect(again).toMatchObject({ number: 2, eligible: 7, cutoff: request.cutoff });
    const result = await begin({ ...input, approved: approvedBy(again) });
    expect(result).toMatchObject({ begun: true, plan: { cutoff: request.cutoff, eligible: 7 } });
    expect(await actionsOf(input)).toEqual([
      'CLEANUP_APPROVAL_REQUESTED',
      'CLEANUP_APPROVED',
      'CLEANUP_APPROVAL_REQUESTED',
      'CLEANUP_APPROVED',
      'CLEANUP_STARTED',
    ]);
  });

  it('does not ask anew for rows that came of age since, because its cutoff leaves them', async () => {
    await sixOfTen();
    await engine.db.query(
      "UPDATE public.link SET expires_at = sexton.now() - interval '24 hours' + interval '1 second' WHERE id = (SELECT max(id) FROM public.link)",
    );
    const input = guarded(HALF);
    const request = await asked(input);
    await engine.db.query(`UPDATE sexton.clock SET adjustable = true, "offset" = '1 hour'`);
    try {
      expect((await asked(guarded(HALF))).eligible).toBe(7);
      const result = await begin({ ...input, approved: approvedBy(request) });
      expect(result).toMatchObject({ begun: true, plan: { cutoff: request.cutoff, eligible: 6 } });
    } finally {
      await engine.db.query(`UPDATE sexton.clock SET "offset" = '0'`);
    }
  });
});

describe('a job of several steps', () => {
  it('asks once about all that are above their limits, each with its own cutoff', async () => {
    await engine.db.query('CREATE TABLE public.other (LIKE public.link INCLUDING ALL)');
    await engine.db.query(
      "INSERT INTO public.other (expires_at) SELECT sexton.now() - interval '3 days' FROM generate_series(1, 4)",
    );
    await sixOfTen();
    const job = aJob({ guard: HALF });
    const [step] = batchedSteps(job);
    if (!step) throw new Error('the job has no step');
    const age = { column: 'expires_at', olderThanSeconds: 2 * 86_400 };
    const other = { ...step, name: 'other', selection: { ...step.selection, table: 'other', age } };
    const request = await asked(aRun({ ...job, steps: [step, other] }));
    expect(request).toMatchObject({
      eligible: 10,
      steps: [
        { step: 'links', eligible: 6, share: 0.6 },
        { step: 'other', eligible: 4, share: 1 },
      ],
    });
    const [first, second] = request.steps.map(({ cutoff }) => Date.parse(cutoff));
    expect((first ?? 0) - (second ?? 0)).toBe(86_400_000);
  });
});

describe('a dry run', () => {
  it('tells that a run would wait for approval, and asks nobody', async () => {
    await sixOfTen();
    const input = { ...guarded(HALF), request: { dryRun: true } };
    expect(await engine.run(engine.activities.preview, input)).toMatchObject({
      would_delete: 6,
      needs_approval: [{ step: 'links', eligible: 6, limit: 'at most 50 % of the table' }],
    });
    expect(await actionsOf(input)).toEqual(['CLEANUP_DRY_RUN']);
  });

  it('says nothing of approval where none is needed', async () => {
    await sixOfTen();
    const input = { ...guarded(DEFAULT_GUARD), request: { dryRun: true } };
    expect(await engine.run(engine.activities.preview, input)).not.toHaveProperty('needs_approval');
  });
});
