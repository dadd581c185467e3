// Every history that was ever recorded still replays on the workflows as they are now: what runs today can be taken
// over by the worker of tomorrow.
import { readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, inject, it } from 'vitest';
import { type Recorded, type RecordedEvent, recordedHistories, workflowIdOf } from '../support/histories.ts';

const HISTORIES = recordedHistories();

/** The error of each history that does not replay, by name. */
const failures = async (histories: readonly Recorded[]): Promise<ReadonlyMap<string, Error>> => {
  const failed = new Map<string, Error>();
  const names = new Map(histories.map((each) => [workflowIdOf(each), each.name]));
  const replays = Worker.runReplayHistories(
    { workflowBundle: { code: readFileSync(inject('bundlePath'), 'utf8') } },
    histories.map((each) => ({ workflowId: workflowIdOf(each), history: each.history })),
  );
  for await (const { workflowId, error } of replays)
    if (error) failed.set(names.get(workflowId) ?? workflowId, error);
  return failed;
};

const copyOf = (name: string): Recorded => {
  const found = HISTORIES.find((one) => one.name === name);
  if (!found) throw new Error(`no history ${name}`);
  return structuredClone(found);
};

describe('the recorded histories', () => {
  it('cover every way in which a run, a tick of a monitor or of reconcile, and an escalation can end', () => {
    expect(HISTORIES.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'escalation-2-acknowledged',
        'escalation-2-group',
        'escalation-2-page',
        'escalation-2-repeats',
        'escalation-acknowledged',
        'escalation-nobody-answers',
        'escalation-resolved-by-hand',
        'escalation-resolves-itself',
        'escalation-snoozed',
        'job-approved',
        'job-blocked',
        'job-cancelled-while-waiting',
        'job-carried-on',
        'job-completes-in-three-slices',
        'job-dry-run',
        'job-fails-after-four-waits',
        'job-nobody-approved',
        'job-skipped',
        'job-stopped-lock-taken',
        'job-throttled',
        'monitor-fails',
        'monitor-fires',
        'monitor-rings',
        'monitor-superseded',
        'reconcile-fails',
        'reconcile-repairs',
      ]),
    );
  });

  it('all replay on the workflows of today', async () => {
    expect(await failures(HISTORIES)).toEqual(new Map());
  });
});

describe('a change to the sequence of commands', () => {
  it('is caught where an activity was called that is not called any more', async () => {
    const changed = copyOf('job-completes-in-three-slices');
    const slice = changed.history.events
      .map((event) => event.activityTaskScheduledEventAttributes)
      .find((attributes) => attributes?.activityType.name === 'slice');
    if (slice) slice.activityType.name = 'sweep';
    const error = (await failures([changed])).get(changed.name);
    expect(error).toBeInstanceOf(DeterminismViolationError);
  });

  it('is caught where there was no wait that there is now', async () => {
    const { name, history } = copyOf('job-fails-after-four-waits');
    const place = history.events.findIndex((event) => event.timerStartedEventAttributes);
    const { timerStartedEventAttributes: _, ...event } = history.events[place] as RecordedEvent;
    const completed = {
      ...event,
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
      workflowExecutionCompletedEventAttributes: {},
    };
    const events = history.events.with(place, completed);
    const cut = { name, history: { events: events.slice(0, place + 1) } };
    expect((await failures([cut])).get(name)).toBeInstanceOf(DeterminismViolationError);
  });
});
