// Who is woken, as a pack declares it: rules that carry whole policies, and what a job has that says nothing.
import { describe, expect, it } from 'vitest';
import type { JobAlertsDefinition } from '../../src/index.ts';
import { definePolicy } from '../../src/index.ts';
import { alertsOf, band, faultsOf, job, PAGE, ROUTES } from '../support/alerts/declared-alerts.ts';

describe('a job that says nothing about alerts', () => {
  it('is warned about above 80 %, critical above 100 %, and high when a run fails', () => {
    const { budget, failure } = alertsOf({ jobs: [job()] });
    expect(budget?.rule).toMatchObject({ pack: 'garden', name: 'budget', reopenAfterSeconds: 1800 });
    expect(budget?.bands).toMatchObject([
      { abovePercent: 80, severity: 'warning', alertType: 'budget_nearing' },
      { abovePercent: 100, severity: 'critical', alertType: 'budget_exceeded' },
    ]);
    expect(failure?.rule.name).toBe('failure');
    expect(failure?.band).toMatchObject({ severity: 'high', severityWord: 'high', alertType: 'run_failed' });
  });

  it('of a pack without policies tells the log at once, whatever the severity', () => {
    const { budget } = alertsOf({ jobs: [job()] }, { roles: undefined });
    expect(Object.keys(budget!.rule.routes)).toEqual(['info', 'warning', 'high', 'critical']);
    for (const policy of Object.values(budget!.rule.routes)) {
      expect(policy).toMatchObject({ pack: 'sexton', name: 'log-only', people: {} });
      expect(policy.tiers).toEqual([{ name: 'log', afterSeconds: 0, notify: ['log'] }]);
    }
  });
});

describe('a rule', () => {
  it('carries whole policies, with the targets of each role they name and of no other', () => {
    const { budget } = alertsOf({ jobs: [job()], policies: [PAGE], routes: ROUTES });
    expect(budget?.rule.routes.critical).toEqual({
      v: 1,
      pack: 'garden',
      name: 'page',
      tiers: [{ name: 'now', afterSeconds: 0, notify: ['on-call'] }],
      people: { 'on-call': ['slack:webhook', 'log'] },
    });
    expect(budget?.rule.routes.info).toBeUndefined();
  });

  it('has its own routes before the pack’s', () => {
    const mail = definePolicy({ ...PAGE, name: 'mail', ackExpires: '4h' });
    const alerts = { budget: { routes: { warning: 'mail' } } };
    const { budget, failure } = alertsOf({ jobs: [job(alerts)], policies: [PAGE, mail], routes: ROUTES });
    expect(budget?.rule.routes.warning).toMatchObject({ name: 'mail', ackExpiresSeconds: 14_400 });
    expect(budget?.rule.routes.critical?.name).toBe('page');
    expect(failure?.rule.routes.warning?.name).toBe('page');
  });

  it('speaks the pack’s words and sends to the band’s runbook, else the job’s', () => {
    const alerts = { budget: { bands: [band(50, { runbook: 'late' }), band(90)] } } as JobAlertsDefinition;
    const { budget } = alertsOf({ jobs: [job(alerts)] }, { pack: { severityNames: { warning: 'WARN' } } });
    expect(budget?.bands).toEqual([
      {
        abovePercent: 50,
        severity: 'warning',
        severityWord: 'WARN',
        alertType: 'late',
        recommendedAction: 'Look',
        runbook: 'https://rb.example/late',
      },
      expect.objectContaining({ abovePercent: 90, runbook: 'https://rb.example/sweep' }),
    ]);
  });

  it('that is false is not there, and its severities need no route', () => {
    const off = job({ budget: false, failure: false });
    expect(alertsOf({ jobs: [off], routes: {} })).toEqual({});
  });

  it('keeps its own times of opening again', () => {
    const { failure } = alertsOf({ jobs: [job({ reopenWithin: '0s', reopenAfter: '2h' })] });
    expect(failure?.rule).toMatchObject({ reopenWithinSeconds: 0, reopenAfterSeconds: 7200 });
  });

  it('may be shared by jobs, but not be a budget rule here and a failure rule there', () => {
    expect(faultsOf({ jobs: [job(), job({}, 'rake')] })).toEqual([]);
    expect(faultsOf({ jobs: [job(), job({ failure: { rule: 'budget' } }, 'rake')] })).toEqual([
      'garden/job/rake.alerts.failure.rule: must not be the name of a budget rule of the pack, got "budget"',
    ]);
  });
});
