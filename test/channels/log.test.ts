// The channel of last resort: one line, at the right level, with everything in it that a person needs.
import { describe, expect, it } from 'vitest';
import { createLogChannel } from '../../src/channels/log.ts';
import { SEVERITIES } from '../../src/domain/alerts/severity.ts';
import { aLog, aNotification, sendBy } from './support.ts';

const lineOf = async (notification = aNotification(), address = '') => {
  const { lines, logger } = aLog();
  await sendBy({ channel: createLogChannel(logger), address }, notification);
  expect(lines).toHaveLength(1);
  return lines[0];
};

describe('the log channel', () => {
  it('writes one line with a constant message, and all that is known as fields', async () => {
    expect(await lineOf()).toEqual({
      level: 'error',
      message: 'notification',
      fields: {
        key: 'sla-monitoring/budget/41/w1/slack/ops-alerts',
        incident: 'sla-monitoring/budget/41',
        severity: 'critical',
        severity_word: 'CRITICAL',
        alert_type: 'sla_breach_critical',
        tier: 'first',
        text: 'CRITICAL: cleanup_magic_links used 104.0% of its time budget',
        since: '2026-02-10T12:00:00.000Z',
        next: 'on-call is paged at 12:30 unless somebody acknowledges',
        acknowledge: 'sexton ack 41',
        runbook: 'https://runbooks.example.org/sla-breach-critical',
        facts: { Job: 'cleanup_magic_links', Budget: '5m' },
        payload: { alert_type: 'sla_breach_critical', utilization_percent: 104, run_id: 'r-1' },
      },
    });
  });

  it('writes louder as the severity rises', async () => {
    const lines = await Promise.all(SEVERITIES.map((severity) => lineOf(aNotification({ severity }))));
    expect(lines.map((line) => line?.level)).toEqual(['info', 'warn', 'error', 'error']);
  });

  it('SLA-74: says degraded_routing: true, and where the notice should have gone', async () => {
    const line = await lineOf(aNotification({ degradedRouting: true }), 'slack:ops-alerts');
    expect(line?.fields).toMatchObject({ degraded_routing: true, address: 'slack:ops-alerts' });
  });

  it('says so where the state store is unreachable', async () => {
    const line = await lineOf(aNotification({ stateStoreUnreachable: true }));
    expect(line?.fields).toMatchObject({ state_store_unreachable: true });
  });
});
