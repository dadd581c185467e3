// An incident's `retry`: one run per failed run, whose success closes the incident through the door.
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SliceInput } from '../../src/activities/slice/slice.ts';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import type { Answer } from '../../src/domain/alerts/escalation.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { countLinks, insertLinks } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { aJob } from '../support/jobs/builders.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';

let bell: Bell;
let broken = true;
beforeAll(async () => {
  bell = await openBell((activities) => ({
    ...activities,
    slice: async (input: SliceInput) => {
      if (broken) throw ApplicationFailure.nonRetryable('the disk is full', FAILURE_TYPES.batchFailed);
      return activities.slice(input);
    },
  }));
});
afterAll(() => bell.close());
beforeEach(async () => {
  broken = true;
  await bell.home.query('TRUNCATE public.link');
  await insertLinks(bell.home, 3, 25);
});

/** Tells of its failures; fails at once. */
const aTellingJob = (): JobSnapshot => {
  const band = {
    severity: 'critical',
    severityWord: 'CRITICAL',
    alertType: 'job_failed',
    recommendedAction: 'look at the log',
  } as const;
  const rule = aRule({ name: unique('failure'), reopenWithinSeconds: 0 });
  return aJob({
    settings: { ...DEFAULT_SETTINGS, backoffSeconds: [] },
    alerts: { failure: { rule, band } },
  });
};

const failed = async (job: JobSnapshot, request = {}) => {
  const run = await startRun(bell.client, job, request);
  await run.result().catch(() => {});
  const { number, workflowId } = await incidentOf(run.firstExecutionRunId);
  return { runId: run.firstExecutionRunId, number, escalation: bell.client.workflow.getHandle(workflowId) };
};

const incidentOf = (runId: string): Promise<{ number: number; workflowId: string }> =>
  eventually(`the incident of run ${runId}`, async () => {
    const { rows } = await bell.home.query(
      `SELECT number::int, workflow_id AS "workflowId" FROM sexton.incident
       WHERE firing -> 'payload' ->> 'run_id' = $1 AND handed_seq = seq`,
      [runId],
    );
    return rows[0];
  });

const retry = (escalation: WorkflowHandle, event: object = {}): Promise<Answer> =>
  escalation.executeUpdate<Answer, [object]>('retry', { args: [{ by: 'ana', ...event }] });

const runOf = async (workflowId: string) => {
  const { rows } = await bell.home.query(
    `SELECT trigger, retry_of AS "retryOf", requested_by AS by, cutoff, state FROM sexton.run WHERE workflow_id = $1`,
    [workflowId],
  );
  return rows[0];
};

describe("an incident's retry", () => {
  it('starts one run for the failed one, however often it is asked, and its success closes the incident', async () => {
    await bell.serving(async () => {
      const { runId, number, escalation } = await failed(aTellingJob());
      broken = false;
      const first = await retry(escalation, { note: 'disk is bigger' });
      expect(first.run).toBe(`retry/${runId}`);
      expect((await retry(escalation)).run).toBe(first.run);
      const result = await bell.client.workflow.getHandle(`retry/${runId}`).result();
      expect(result).toMatchObject({ state: 'completed', deleted: 3 });
      expect(await countLinks(bell.home)).toBe(0);
      expect(await runOf(`retry/${runId}`)).toMatchObject({ trigger: 'retry', retryOf: runId, by: 'ana' });
      expect(await escalation.result()).toMatchObject({ ended: 'closed' });
      const { rows } = await bell.home.query('SELECT state FROM sexton.incident WHERE number = $1', [number]);
      expect(rows).toEqual([{ state: 'closed' }]);
      await record('escalation-retried', escalation);
    });
  });

  it('takes a new cutoff, and the old one only where it is asked to keep it', async () => {
    await bell.serving(async () => {
      for (const cutoff of ['keep', 'new']) {
        const { runId, escalation } = await failed(aTellingJob());
        const { rows } = await bell.home.query('SELECT cutoff FROM sexton.run WHERE run_id = $1', [runId]);
        broken = false;
        await retry(escalation, { cutoff });
        await bell.client.workflow.getHandle(`retry/${runId}`).result();
        const kept = (await runOf(`retry/${runId}`)).cutoff;
        if (cutoff === 'keep') expect(kept).toEqual(rows[0].cutoff);
        else expect(kept.getTime()).toBeGreaterThan(rows[0].cutoff.getTime());
        broken = true;
      }
    });
  });

  it('by signal does the same as by update', async () => {
    await bell.serving(async () => {
      const { runId, escalation } = await failed(aTellingJob());
      broken = false;
      await escalation.signal('retry', { by: 'ana' });
      const handle = bell.client.workflow.getHandle(`retry/${runId}`);
      const result = await eventually('the retry has run', () => handle.result().catch(() => undefined));
      expect(result as RunResult).toMatchObject({ state: 'completed', deleted: 3 });
      expect(await escalation.result()).toMatchObject({ ended: 'closed' });
    });
  });

  it('that fails again can be retried again: the incident is about the newest failed run', async () => {
    await bell.serving(async () => {
      const { runId, escalation } = await failed(aTellingJob());
      const { run = '' } = await retry(escalation);
      await bell.client.workflow
        .getHandle(run)
        .result()
        .catch(() => {});
      const { rows } = await bell.home.query(
        'SELECT run_id AS id FROM sexton.run WHERE retry_of = $1 AND ended_at IS NOT NULL',
        [runId],
      );
      await incidentOf(rows[0].id);
      broken = false;
      const again = await retry(escalation);
      expect(again.run).toBe(`retry/${rows[0].id}`);
      expect(await escalation.result()).toMatchObject({ ended: 'closed' });
    });
  });

  it('is refused, in words, while the run goes on, and where its run needs none', async () => {
    broken = false;
    const rule = aRule({ name: unique('budget'), reopenWithinSeconds: 0 });
    const band = {
      severity: 'critical',
      severityWord: 'CRITICAL',
      alertType: 'late',
      recommendedAction: 'wait',
    } as const;
    const job = aJob({ batchRows: 1, alerts: { budget: { rule, bands: [{ ...band, abovePercent: 100 }] } } });
    await bell.serving(async () => {
      const run = await startRun(bell.client, job, { budgetSeconds: 0.1, rowsPerSecond: 1 });
      const { workflowId } = await incidentOf(run.firstExecutionRunId);
      const escalation = bell.client.workflow.getHandle(workflowId);
      await expect(retry(escalation)).rejects.toMatchObject({
        cause: { type: 'ANSWER_REFUSED', message: expect.stringContaining('still goes on') },
      });
      await run.result();
      await expect(retry(escalation)).rejects.toMatchObject({
        cause: { type: 'ANSWER_REFUSED', message: expect.stringContaining('nothing to make good') },
      });
      await escalation.terminate();
    });
  });
});
