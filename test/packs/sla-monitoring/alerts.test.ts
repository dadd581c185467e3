// Who the pack wakes and when, against its specification.
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import type { Env } from '../../../src/config/env.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';

const load = (env: Env = {}): Promise<Catalog> =>
  loadCatalog({
    env: {
      DATABASE_URL: 'postgres://db/x',
      REDIS_URL: 'redis://cache',
      RUNBOOK_BASE_URL: 'https://runbooks.example.org',
      ...env,
    },
  });

const alertsOf = async (env?: Env) => {
  const found = (await load(env)).jobs.find(({ name }) => name === 'cleanup_magic_links');
  return found!.snapshot.alerts!;
};

describe('cleanup_magic_links', () => {
  it('SLA-32, SLA-72, SLA-78: fires in the spec’s bands, words, actions and runbooks', async () => {
    const { budget } = await alertsOf();
    expect(budget?.rule.name).toBe('sla_breach');
    expect(budget?.bands).toEqual([
      {
        abovePercent: 80,
        severity: 'warning',
        severityWord: 'WARNING',
        alertType: 'sla_breach_warning',
        recommendedAction: expect.stringMatching(/slow batches.*database load.*batch size.*platform/),
        runbook: 'https://runbooks.example.org/sla-breach-warning',
      },
      {
        abovePercent: 100,
        severity: 'critical',
        severityWord: 'CRITICAL',
        alertType: 'sla_breach_critical',
        recommendedAction: expect.stringMatching(/Do not kill.*ungranted locks.*errors.*stuck/),
        runbook: 'https://runbooks.example.org/sla-breach-critical',
      },
    ]);
  });

  it('SLA-82: the bands follow the thresholds of the environment', async () => {
    const { budget } = await alertsOf({
      SLA_WARNING_THRESHOLD_PERCENT: '60.5',
      SLA_MONITORING__SLA_CRITICAL_THRESHOLD_PERCENT: '90',
    });
    expect(budget?.bands.map(({ abovePercent }) => abovePercent)).toEqual([60.5, 90]);
  });

  it('SLA-114: a lone failure has no alert of its own', async () => {
    expect((await alertsOf()).failure).toBeUndefined();
  });

  it('SLA-68, SLA-74: INFO goes to the log, and without PagerDuty CRITICAL says that its routing is degraded', async () => {
    const routes = (await alertsOf()).budget!.rule.routes;
    expect(routes).toMatchObject({
      info: { name: 'log-only' },
      warning: { name: 'sla-warning' },
      critical: { name: 'sla-critical' },
    });
    expect(routes.critical?.degradedRouting).toBe(true);
    expect(routes.warning?.degradedRouting).toBeUndefined();
    expect(routes.critical?.people).toEqual({
      'sla-alerts': ['sentry', 'slack:webhook', 'log'],
      'on-call': ['pagerduty', 'slack:webhook', 'log'],
    });
  });

  it.each<Env>([
    { PAGERDUTY_ROUTING_KEY: 'k'.repeat(32) },
    { PAGERDUTY_API_KEY: 'k'.repeat(32), PAGERDUTY_SERVICE_ID: 'P1' },
  ])(
    'SLA-37, SLA-68, SLA-69: with PagerDuty CRITICAL goes to Sentry and PagerDuty at once (%j)',
    async (env) => {
      const { critical, warning } = (await alertsOf(env)).budget!.rule.routes;
      expect(critical?.degradedRouting).toBeUndefined();
      expect(critical?.tiers[0]).toMatchObject({ afterSeconds: 0, notify: ['sla-pages'] });
      expect(critical?.people).toMatchObject({ 'sla-pages': ['sentry', 'pagerduty', 'log'] });
      expect(warning?.people).toMatchObject({ 'sla-alerts': ['sentry', 'slack:webhook', 'log'] });
    },
  );
});
