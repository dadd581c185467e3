// A run that looks ahead: it shows when it will be done, tells of a breach of its budget before it happens, and takes that
// back where it is out of sight again. Slices are scripted, the door and the escalations are real.
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BeginInput } from '../../src/activities/job/begin.ts';
import type { SliceInput, SliceResult } from '../../src/activities/slice/slice.ts';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { aJob } from '../support/jobs/builders.ts';
import { sliceResult } from '../support/jobs/job-worker.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';

const ELIGIBLE = 10_000_000;

let bell: Bell;
let slice: (input: SliceInput) => Promise<SliceResult>;
beforeAll(async () => {
  bell = await openBell((activities) => ({
    ...activities,
    begin: async (input: BeginInput) => {
      const result = await activities.begin(input);
      if (!result.begun) return result;
      const [step] = input.job.steps;
      const own = result.plan.steps?.[step.name];
      const steps = own && { [step.name]: { ...own, eligible: ELIGIBLE } };
      return { ...result, plan: { ...result.plan, eligible: ELIGIBLE, ...(steps && { steps }) } };
    },
    slice: (input: SliceInput) => slice(input),
  }));
});
afterAll(() => bell.close());

const band = (abovePercent: number, severity: 'warning' | 'critical') =>
  ({
    severity,
    severityWord: severity.toUpperCase(),
    alertType: `late_${severity}`,
    recommendedAction: 'look at slow batches',
    abovePercent,
  }) as const;

const watched = (change: Partial<JobSnapshot> = {}) => {
  const rule = aRule({ name: unique('budget'), routes: {} });
  const alerts = { budget: { rule, bands: [band(80, 'warning'), band(100, 'critical')] } };
  return { rule: rule.name, job: aJob({ alerts, ...change }) };
};

const incidents = async (rule: string) =>
  (
    await bell.home.query(
      'SELECT number::int, state, severity, firing FROM sexton.incident WHERE rule = $1 ORDER BY number',
      [rule],
    )
  ).rows;

const stateOf = (handle: WorkflowHandle): Promise<JobState> => handle.query<JobState>('state');

/** Slices that report these rows gone, each once it is let; the last one is done. */
const gated = (gone: readonly number[]) => {
  const seen: SliceInput[] = [];
  const open: (() => void)[] = [];
  const gates = gone.map((_, place) => new Promise<void>((resolve) => (open[place] = resolve)));
  slice = async (input) => {
    seen.push(input);
    const place = seen.length - 1;
    await gates[place];
    return sliceResult({ done: seen.length >= gone.length, deleted: gone[place] ?? 0 });
  };
  return {
    seen,
    /** Returns once the run has taken note of the slice. */
    pass: async (handle: WorkflowHandle, number: number) => {
      open[number - 1]?.();
      await eventually('the next slice begins', () => seen.length > number);
      expect((await stateOf(handle)).slice).toBe(number);
    },
    let: (number: number) => open[number - 1]?.(),
  };
};

/** Kinds of events of a history, in their order. */
const eventsOf = async (handle: WorkflowHandle): Promise<string[]> => {
  const { events } = (await handle.fetchHistory()) as { events?: object[] };
  return (events ?? []).map((event) => {
    const told = Object.entries(event).find(([name, value]) => name.endsWith('EventAttributes') && value);
    return (told?.[0] ?? '').replace('EventAttributes', '');
  });
};

describe('a run that will break its budget at its present rate', () => {
  it('says so before it happens, in the lowest band, and takes it back once that is out of sight', async () => {
    const { rule, job } = watched({ budgetSeconds: 600 });
    const { seen, pass, let: letOn } = gated([10, 20, ELIGIBLE - 20, ELIGIBLE - 10, ELIGIBLE]);
    await bell.serving(async () => {
      const handle = await startRun(bell.client, job, {});
      await pass(handle, 1);
      const first = await stateOf(handle);
      expect(first).toMatchObject({ sla: 'atRisk', state: 'running' });
      expect(first.projectedUtilizationPercent).toBeGreaterThan(100);
      expect(first.etaSeconds).toBeGreaterThan(600);
      expect(await incidents(rule)).toEqual([]);

      await pass(handle, 2);
      const [told] = await eventually('it is told', async () => {
        const rows = await incidents(rule);
        return rows.length > 0 && rows;
      });
      expect(told).toMatchObject({ state: 'open', severity: 'warning' });
      expect(told.firing.summary).toMatch(
        /^cleanup_links will take about \w+, [\d.]+% of its time budget of 10m, at the present [\d,]+ rows\/s$/,
      );
      expect(told.firing.payload).toMatchObject({ projected: true, threshold_percent: 80 });
      expect(told.firing.payload.utilization_percent).toBeLessThan(80);

      await pass(handle, 3);
      expect(await stateOf(handle)).toMatchObject({ sla: 'withinSla' });
      expect(await incidents(rule)).toMatchObject([{ state: 'open' }]);
      await pass(handle, 4);
      await eventually('it is taken back', async () => (await incidents(rule))[0]?.state !== 'open');
      expect((await handle.describe()).status.name).toBe('RUNNING');

      letOn(5);
      expect(await handle.result()).toMatchObject({ state: 'completed' });
      expect(await stateOf(handle)).not.toHaveProperty('etaSeconds');
      expect(await incidents(rule)).toHaveLength(1);
      await record('job-foresees', handle);
    });
    expect(seen.map(({ sliceSeconds }) => sliceSeconds)).toEqual([5, 5, undefined, undefined, undefined]);
  });

  it('tells it by the same incident when it has happened, in the band of what is true by then', async () => {
    // In real time: virtual time stands still while an escalation of the run goes on.
    const { rule, job } = watched({ budgetSeconds: 5 });
    let slices = 0;
    slice = async () => {
      slices += 1;
      if (slices === 3)
        throw ApplicationFailure.nonRetryable('the database is away', FAILURE_TYPES.batchFailed);
      return sliceResult({ done: slices > 3, deleted: slices * 10 });
    };
    const settings = { ...job.settings, backoffSeconds: [100] };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, { ...job, settings }, {});
      const [foreseen] = await eventually('it is told', async () => {
        const rows = await incidents(rule);
        return rows.length > 0 && rows;
      });
      expect(foreseen.firing.payload).toMatchObject({ projected: true });
      await eventually('it waits', async () => (await stateOf(handle)).state === 'waitingToRetry');
      const happened = await eventually('it has happened', async () => {
        const rows = await incidents(rule);
        return rows.some(({ severity }) => severity === 'critical') && rows;
      });
      expect(happened).toMatchObject([{ number: foreseen.number, severity: 'critical', state: 'open' }]);
      expect(happened[0].firing.summary).toContain('is still running after');
      await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
      await handle.result();
    });
  });

  it('is taken back as well where the run is stopped before it happened', async () => {
    const { rule, job } = watched({ budgetSeconds: 600 });
    const { seen, pass, let: letOn } = gated([10, 20, 30, 40]);
    await bell.serving(async () => {
      const handle = await startRun(bell.client, job, {});
      await pass(handle, 1);
      await pass(handle, 2);
      await eventually('it is told', async () => (await incidents(rule)).length > 0);
      await handle.executeUpdate('stop', { args: [{ by: 'ana', force: true, reason: 'not today' }] });
      letOn(3);
      expect(await handle.result()).toMatchObject({ state: 'stopped' });
      expect(await incidents(rule)).toMatchObject([{ state: 'resolved' }]);
      expect(seen).toHaveLength(3);
    });
  });
});

describe('a run that will keep its budget', () => {
  it('tells nobody, and has no marker in its history', async () => {
    const { rule, job } = watched({ budgetSeconds: 600 });
    let slices = 0;
    slice = async () => {
      slices += 1;
      return sliceResult({ done: slices === 4, deleted: ELIGIBLE - 4 + slices });
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, job, {});
      await handle.result();
      expect(await incidents(rule)).toEqual([]);
      expect(await eventsOf(handle)).not.toContain('markerRecorded');
    });
  });

  it('whose rows go in two slices has at most 40 events in its whole history', async () => {
    const { job } = watched({ budgetSeconds: 600 });
    let slices = 0;
    slice = async () => {
      slices += 1;
      return sliceResult({ done: slices === 2, deleted: slices });
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, job, {});
      await handle.result();
      expect((await eventsOf(handle)).length).toBeLessThanOrEqual(40);
    });
  });
});
