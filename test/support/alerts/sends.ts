// Messages of an incident of their own, sent one by one through the real activity, and how a try of one failed.
import { ApplicationFailure } from '@temporalio/common';
import type { Channels } from '../../../src/activities/alerts/channels.ts';
import { createSend, type SendInput, type SendResult } from '../../../src/activities/alerts/send.ts';
import type { ChannelError } from '../../../src/channels/channel.ts';
import { parseTarget } from '../../../src/domain/alerts/policy.ts';
import { aNotification } from '../../channels/support.ts';
import type { Engine } from '../engine.ts';
import { unique } from '../stack.ts';
import { aReport } from './escalation-worker.ts';
import { aRule } from './policies.ts';

/** Number of an incident whose rule has no other. */
export const openIncident = async (engine: Engine): Promise<number> => {
  const reports = [aReport(aRule({ name: unique('rule') }), 'critical')];
  const [found] = await engine.run(engine.activities.observe, { reports });
  if (!found) throw new Error('nothing was handed over');
  return found.number;
};

export const message = (
  number: number,
  change: Partial<SendInput> & { readonly to?: string } = {},
): SendInput => {
  const { to = 'webhook', wake = 1, ...more } = change;
  return {
    number,
    wake,
    target: parseTarget(to),
    notification: aNotification({ key: `test/${number}/w${wake}/${to}` }),
    at: '2026-02-10T12:00:00.000Z',
    ...more,
  };
};

export const sendOnce = (
  { engine, channels }: { readonly engine: Engine; readonly channels: Channels },
  given: SendInput,
  attempt: number,
): Promise<SendResult> => {
  const deps = { databases: engine.databases, channels, ringAfterSeconds: 1 };
  return engine.run(createSend(deps), given, attempt);
};

export const failing = (error: ChannelError) => () => {
  throw error;
};

/** Milliseconds after which it is to be tried again. */
export const waitOf = async (sending: Promise<unknown>): Promise<unknown> => {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApplicationFailure)) throw new Error('it did not fail as it should');
  return error.nextRetryDelay;
};
