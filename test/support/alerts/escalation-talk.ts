// Escalations of the test's own tiers, in virtual time on the real server: what reaches people, in its order, on channels
// that also tell how it goes on.
import type { WorkflowHandle } from '@temporalio/client';
import type { Channels, Routed } from '../../../src/activities/alerts/channels.ts';
import type { HandOver, RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import type { PolicySnapshot, TierSnapshot } from '../../../src/domain/alerts/policy.ts';
import { eventually } from '../eventually.ts';
import { unique } from '../stack.ts';
import { createClock } from '../time.ts';
import { aReport, type Bell, openBell } from './escalation-worker.ts';
import { aPolicy, aRule } from './policies.ts';

interface Fired {
  readonly rule: RuleSnapshot;
  readonly handle: WorkflowHandle;
  readonly number: number;
  /** An answer of ada's. */
  readonly answer: (name: string, args?: object) => Promise<unknown>;
}

export interface Talk {
  readonly bell: Bell;
  /** `status: tier → channel`, in the order in which it reached people. */
  readonly said: readonly string[];
  readonly keys: readonly string[];
  /** Before every test: a clock that stands at now, and nothing said yet. */
  readonly afresh: () => Promise<void>;
  readonly advance: (seconds: number) => Promise<void>;
  /** What a channel does before a message counts as said. */
  readonly onSend: (act: (routed: Routed) => Promise<void>) => void;
  readonly fire: (
    tiers: readonly [TierSnapshot, ...TierSnapshot[]],
    change?: Partial<PolicySnapshot>,
  ) => Promise<Fired>;
  /** The next run breaks nothing any more. */
  readonly fine: (rule: RuleSnapshot) => Promise<HandOver | undefined>;
  /** Until so many messages were said. */
  readonly until: (count: number) => Promise<true>;
}

export const tier = (name: string, afterSeconds: number, ...notify: string[]): TierSnapshot => ({
  name,
  afterSeconds,
  notify,
});

export const openTalk = async (): Promise<Talk> => {
  const bell = await openBell();
  // Both channels tell how it goes on; `log` does not care.
  const channels = bell.engine.dependencies.channels as { also?: Channels['also'] };
  channels.also = ({ channel }) => (channel === 'log' ? [] : ['acknowledged', 'resolved']);
  const said: string[] = [];
  const keys: string[] = [];
  let clock = await createClock({ client: bell.client, databases: [bell.home] });
  let before: ((routed: Routed) => Promise<void>) | undefined;
  bell.onSend(async (routed) => {
    await before?.(routed);
    const { notification, target } = routed;
    said.push(`${notification.status ?? 'firing'}: ${notification.tier} → ${target.channel}`);
    keys.push(notification.key);
  });

  return {
    bell,
    said,
    keys,
    afresh: async () => {
      clock = await createClock({ client: bell.client, databases: [bell.home] });
      said.length = 0;
      keys.length = 0;
      before = undefined;
      bell.heard.length = 0;
    },
    advance: (seconds) => clock.advance(seconds),
    onSend: (act) => {
      before = act;
    },
    fire: async (tiers, change = {}) => {
      const policy = aPolicy({ tiers, people: {}, ...change });
      const rule = aRule({ name: unique('rule'), routes: { warning: policy, critical: policy } });
      const found = await bell.observe(aReport(rule, 'critical'));
      if (!found) throw new Error('nothing was handed over');
      const handle = bell.client.workflow.getHandle(found.workflowId);
      const answer = (name: string, args: object = {}) =>
        handle.executeUpdate(name, { args: [{ by: 'ada', ...args }] });
      return { rule, handle, answer, number: found.number };
    },
    fine: (rule) =>
      bell.observe(aReport(rule, undefined, { subject: 'run-2', subjectAt: '2026-02-10T13:00:00Z' })),
    until: (count) => eventually(`${count} messages`, () => said.length >= count),
  };
};
