// What a ladder in virtual time told whom, with the instants of the workflow's own clock: its rows say them to the
// millisecond, however slow the machine is that lives through them.
import { expect } from 'vitest';
import type { RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import type { PolicySnapshot } from '../../../src/domain/alerts/policy.ts';
import type { EscalationView } from '../../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { unique } from '../stack.ts';
import { createCollector, type Notice } from './collector.ts';
import { aReport, type Bell } from './escalation-worker.ts';
import { aPolicy, aRule } from './policies.ts';

const MS = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `1d 4h 15min` in milliseconds. */
export const ms = (text: string): number =>
  text.split(' ').reduce((sum, part) => {
    const [, count, unit = ''] = /^(\d+)([a-z]+)$/.exec(part) ?? [];
    return sum + Number(count) * MS[unit as keyof typeof MS];
  }, 0);

export const seconds = (text: string): number => ms(text) / 1000;

/** A timer is never early, and the workflow that it wakes asks its clock a little later. */
const LATE_MS = 3_000;

export const fireWith = async (bell: Bell, change: Partial<PolicySnapshot>) => {
  const policy = aPolicy({ people: {}, ...change });
  const rule: RuleSnapshot = aRule({ name: unique('rule'), routes: { warning: policy, critical: policy } });
  const found = await bell.observe(aReport(rule, 'critical'));
  if (!found) throw new Error('nothing was handed over');
  const handle = bell.client.workflow.getHandle(found.workflowId);
  const view = () => handle.query<EscalationView>('state');
  const { number } = found;
  const collector = createCollector(async () => {
    const { rows } = await bell.home.query(
      `SELECT at, channel, address, tier, key FROM sexton.outbox WHERE incident = $1 AND state = 'sent' ORDER BY wake`,
      [number],
    );
    return rows.map((row): Notice => ({ ...row, incident: found.incident.id }));
  });
  await eventually('the first tier', async () => (await collector.notices()).length > 0);
  const since = (await view()).ladder.sinceMs;
  return {
    handle,
    number,
    view,
    collector,
    since,
    /** Exactly these were told, each at its instant: `[after the first firing, tier, channel]`, and nothing besides. */
    told: async (wanted: readonly (readonly [string | number, string, string])[]): Promise<void> => {
      await eventually('nothing is on its way', async () => {
        const { rows } = await bell.home.query(
          `SELECT 1 FROM sexton.outbox WHERE incident = $1 AND state IN ('claimed', 'planned')`,
          [number],
        );
        return rows.length === 0;
      });
      await collector.expect(
        wanted.map(([after, tier, channel]) => {
          const at = since + (typeof after === 'number' ? after : ms(after));
          return { channel, tier, between: [at, at + LATE_MS] };
        }),
      );
    },
    answer: (name: string, args: object) => handle.executeUpdate(name, { args: [{ by: 'ada', ...args }] }),
  };
};

/** Every run of an escalation from the first to the newest, by how many events it has. */
export const historiesOf = async (bell: Bell, workflowId: string): Promise<readonly number[]> => {
  const runs: number[] = [];
  for await (const { runId, historyLength } of bell.client.workflow.list({
    query: `WorkflowId = '${workflowId}'`,
  })) {
    const { raw } = await bell.client.workflow.getHandle(workflowId, runId).describe();
    runs.push(Number(raw.workflowExecutionInfo?.historyLength ?? historyLength));
  }
  expect(runs.length).toBeGreaterThan(0);
  return runs;
};
