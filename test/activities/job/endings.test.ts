// Two databases tell how a run ended. Either may be away, workers and workflows may die between the two: in the end
// both tell the same, once.
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReconcileActivities } from '../../../src/activities/index.ts';
import { createFinish } from '../../../src/activities/job/finish.ts';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { endRun } from '../../../src/adapters/postgres/runs/runs.ts';
import { TERMINAL_ACTIONS } from '../../../src/domain/jobs/audit.ts';
import type { RunRequest } from '../../../src/domain/jobs/job.ts';
import type { ReconcileResult } from '../../../src/domain/reconcile.ts';
import { createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { aJob } from '../../support/jobs/builders.ts';
import {
  type AuditRow,
  auditOf,
  type BegunRun,
  beginRun,
  homeRowOf,
  sliceRun,
} from '../../support/jobs/run-job.ts';
import { connectTemporal, unique } from '../../support/stack.ts';

let temporal: Awaited<ReturnType<typeof connectTemporal>>;
let engine: Engine;
let nowhere: pg.Pool;
beforeAll(async () => {
  temporal = await connectTemporal();
  engine = await createEngine(temporal.client);
  nowhere = createPool({ url: 'postgresql://nobody@127.0.0.1:1/nowhere' });
});
afterAll(async () => {
  await nowhere.end();
  await engine.close();
  await temporal.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 7, 25);
});

type Started = BegunRun & { readonly handle: WorkflowHandleWithFirstExecutionRunId };

/** A run that Temporal knows, but no worker serves: the test does its activities. */
const start = async (request: RunRequest = {}) => {
  const job = aJob();
  const workflowId = unique('job/test');
  const options = { taskQueue: unique('nobody'), workflowId, args: [{ job, request }] };
  const handle = await temporal.client.workflow.start('job', options);
  return { job, request, run: { runId: handle.firstExecutionRunId, workflowId }, handle };
};

const startAndBegin = async (): Promise<Started> => {
  const { handle, ...input } = await start();
  return { ...(await beginRun(engine, input)), handle };
};

const finishWithoutHome = (input: BegunRun, attempt: number) => {
  const { lock } = engine.dependencies;
  const databases = { ...engine.databases, home: nowhere };
  const { job, request, run, plan } = input;
  const ending = { state: 'completed' } as const;
  return engine.run(createFinish({ databases, lock }), { job, request, run, plan, ending }, attempt);
};

const reconcile = (waitedSeconds = 0): Promise<ReconcileResult> =>
  engine.run(engine.activities.reconcile, { waitedSeconds, closedWithinSeconds: 60 });

const endings = async (input: Pick<BegunRun, 'run'>): Promise<AuditRow[]> =>
  (await auditOf(engine, input)).filter(({ action }) => TERMINAL_ACTIONS.some((one) => one === action));

/** As if the target had been away at the end. */
const forget = ({ run }: Pick<BegunRun, 'run'>) =>
  engine.db.query(
    `ALTER TABLE sexton.audit_log DISABLE TRIGGER append_only;
     DELETE FROM sexton.audit_log WHERE run_id = '${run.runId}';
     ALTER TABLE sexton.audit_log ENABLE TRIGGER append_only;`,
  );

describe('a run that ends while the home database is away', () => {
  it('is told by the audit log at once, insists on home for three attempts, and then lets it be', async () => {
    const begun = await startAndBegin();
    await sliceRun(engine, begun);
    for (const attempt of [1, 2, 3]) {
      await expect(finishWithoutHome(begun, attempt)).rejects.toThrow(/ECONNREFUSED/);
      expect(await endings(begun)).toHaveLength(1);
    }
    expect(await finishWithoutHome(begun, 4)).toMatchObject({ state: 'completed', deleted: 7 });
    expect(await endings(begun)).toMatchObject([
      { action: 'CLEANUP_COMPLETED', metadata: { records_processed: 7 } },
    ]);
    expect(await homeRowOf(engine, begun)).toMatchObject({ ended_at: null });
  });

  it('is told at home by reconcile, with the figures of the audit log, once its workflow is closed', async () => {
    const begun = await startAndBegin();
    await sliceRun(engine, begun);
    await finishWithoutHome(begun, 4);
    expect((await reconcile()).ended).not.toContain(begun.run.workflowId);
    await begun.handle.terminate();
    expect((await reconcile()).ended).toContain(begun.run.workflowId);
    const told = await endings(begun);
    expect(told).toHaveLength(1);
    const home = await homeRowOf(engine, begun);
    expect(home).toMatchObject({
      state: 'completed',
      deleted: '7',
      remaining: '0',
      error_code: null,
      duration_seconds: told[0]?.metadata['duration_seconds'],
    });
    expect(Number(home?.['ended_at'])).toBeLessThanOrEqual(Number(told[0]?.timestamp) + 1);
  });
});

describe('a run whose ending only the home database knows', () => {
  it('SLA-21: gets its audit row from reconcile, with every field and the instant at which it ended', async () => {
    const begun = await startAndBegin();
    await sliceRun(engine, begun);
    await endRun(engine.databases.home, begun.run.runId, {
      state: 'completed',
      deleted: 7,
      batches: 2,
      maxBatchMs: 6.25,
      avgBatchMs: 4.25,
      remaining: 0,
      durationSeconds: 1.5,
    });
    await Promise.all([reconcile(), reconcile()]);
    await reconcile();
    const [row, ...more] = await endings(begun);
    expect(more).toEqual([]);
    expect(row?.action).toBe('CLEANUP_COMPLETED');
    expect(row?.metadata).toEqual({
      job: 'cleanup_links',
      run_id: begun.run.runId,
      trigger: 'manual',
      state: 'completed',
      duration_seconds: 1.5,
      sla_budget_seconds: 300,
      records_processed: 7,
      batches: 2,
      batch_size: 5,
      max_batch_ms: 6.25,
      avg_batch_ms: 4.3,
      remaining: 0,
      lock_wait_ms: begun.plan.lockWaitMs,
      cutoff: begun.plan.cutoff,
      copied_by: 'reconcile',
    });
    const seconds = (Number(row?.timestamp) - Date.parse(begun.plan.startedAt)) / 1_000;
    expect(seconds).toBeCloseTo(1.5, 2);
    await begun.handle.terminate();
  });

  it('is told together with what was set aside and which objects went', async () => {
    const begun = await startAndBegin();
    await endRun(engine.databases.home, begun.run.runId, {
      state: 'completedWithWarnings',
      deleted: 7,
      objects: 6,
      setAside: 1,
      durationSeconds: 1,
    });
    await reconcile();
    expect(await endings(begun)).toMatchObject([{ metadata: { objects_deleted: 6, set_aside: 1 } }]);
    await begun.handle.terminate();
  });

  it('keeps its error, and is no dry run that went well if it was one that failed', async () => {
    const { handle, ...input } = await start({ dryRun: true });
    await engine.run(engine.activities.preview, input);
    await forget(input);
    await engine.db.query("UPDATE sexton.run SET state = 'failed', error_code = 'X' WHERE run_id = $1", [
      input.run.runId,
    ]);
    await reconcile();
    expect(await endings(input)).toMatchObject([
      { action: 'CLEANUP_FAILED', metadata: { error_code: 'X', dry_run: true } },
    ]);
    await handle.terminate();
  });

  it('SLA-19: is a dry run to the audit log too', async () => {
    const { handle, ...input } = await start({ dryRun: true });
    await engine.run(engine.activities.preview, input);
    await forget(input);
    await reconcile();
    expect(await endings(input)).toMatchObject([
      { action: 'CLEANUP_DRY_RUN', metadata: { would_delete: 7, dry_run: true } },
    ]);
    await handle.terminate();
  });
});

describe('a run that nobody has told the end of', () => {
  it('is left alone while its workflow goes on, and while it is younger than the waiting age', async () => {
    const begun = await startAndBegin();
    expect((await reconcile()).ended).not.toContain(begun.run.workflowId);
    await begun.handle.terminate();
    expect((await reconcile(60)).ended).not.toContain(begun.run.workflowId);
    expect(await endings(begun)).toEqual([]);
    expect((await reconcile()).ended).toContain(begun.run.workflowId);
  });

  it('is told as lost, once, by however many reconcile at once, and its zombies find the door shut', async () => {
    const begun = await startAndBegin();
    await engine.db.query('UPDATE public.link SET expires_at = sexton.now() WHERE id % 2 = 0');
    await sliceRun(engine, begun);
    const gone = 7 - (await engine.db.query('SELECT count(*)::int AS n FROM public.link')).rows[0].n;
    await begun.handle.terminate();
    await Promise.all([reconcile(), reconcile(), reconcile()]);
    expect(await endings(begun)).toMatchObject([
      { action: 'CLEANUP_FAILED', metadata: { error_code: 'RUN_LOST', records_processed: gone } },
    ]);
    expect(await homeRowOf(engine, begun)).toMatchObject({ state: 'failed', error_code: 'RUN_LOST' });
    const { job, plan } = begun;
    await expect(engine.run(engine.activities.slice, { job, plan, slice: 9 })).rejects.toMatchObject({
      type: 'SUPERSEDED',
    });
  });

  it('is told with the objects that went and what was set aside, and nobody holds it any more', async () => {
    const begun = await startAndBegin();
    await engine.db.query(
      `INSERT INTO sexton.ledger (run_id, step, lane, seq, slice, attempt, pass, deleted, ms, objects, set_aside)
       VALUES ($1, 'links', 0, 1, 1, 1, 1, 3, 5, 2, 1)`,
      [begun.run.runId],
    );
    await engine.db.query(
      `INSERT INTO sexton.control (scope, subject, hold, by) VALUES ('run', $1, 'pause', 'ana')`,
      [begun.run.runId],
    );
    await begun.handle.terminate();
    await reconcile();
    expect(await endings(begun)).toMatchObject([
      { metadata: { error_code: 'RUN_LOST', records_processed: 3, objects_deleted: 2, set_aside: 1 } },
    ]);
    expect(await homeRowOf(engine, begun)).toMatchObject({ deleted: '3', objects: '2', set_aside: '1' });
    const held = await engine.db.query('SELECT 1 FROM sexton.control WHERE subject = $1', [begun.run.runId]);
    expect(held.rows).toEqual([]);
  });

  it('keeps its ending when finish of its last attempt comes later still', async () => {
    const begun = await startAndBegin();
    await begun.handle.terminate();
    await reconcile();
    const { job, request, run, plan } = begun;
    const ending = { state: 'completed' } as const;
    const late = await engine.run(engine.activities.finish, { job, request, run, plan, ending }, 2);
    expect(late).toMatchObject({ state: 'failed', error: { code: 'RUN_LOST' } });
    expect((await endings(begun)).map(({ action }) => action)).toEqual(['CLEANUP_FAILED']);
  });
});

describe('an execution that was started by hand with an input that is no job', () => {
  it.each([[[]], [[{}]], [['cleanup_links']], [[{ job: { pack: 'test-pack' } }]]])(
    '%j does not keep reconcile from telling the end of others',
    async (args) => {
      const workflowId = unique('job/nonsense');
      const nonsense = await temporal.client.workflow.start('job', {
        taskQueue: unique('nobody'),
        workflowId,
        args,
      });
      const begun = await startAndBegin();
      await Promise.all([nonsense.terminate(), begun.handle.terminate()]);
      const query = `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Terminated'`;
      await eventually('Temporal lists the closed execution', async () => {
        return (await temporal.client.workflow.count(query)).count === 1;
      });
      expect((await reconcile()).ended).toContain(begun.run.workflowId);
    },
  );
});

describe('a run whose target database is away', () => {
  it('does not keep reconcile from telling the ends of runs elsewhere', async () => {
    const lost = await startAndBegin();
    const begun = await startAndBegin();
    await Promise.all([lost.handle.terminate(), begun.handle.terminate()]);
    await engine.db.query("UPDATE sexton.run SET pack = 'away' WHERE run_id = $1", [lost.run.runId]);
    const of = (pack: string, name: string) => (pack === 'away' ? nowhere : engine.databases.of(pack, name));
    const dependencies = { ...engine.dependencies, databases: { ...engine.databases, of } };
    const { reconcile: repair } = createReconcileActivities(dependencies);
    const { ended } = await engine.run(repair, { waitedSeconds: 0, closedWithinSeconds: 60 });
    expect(ended).toContain(begun.run.workflowId);
    expect(ended).not.toContain(lost.run.workflowId);
    expect(await homeRowOf(engine, lost)).toMatchObject({ ended_at: null });
  });
});
