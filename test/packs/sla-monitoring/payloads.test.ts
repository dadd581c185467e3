// What the pack's monitor of jobs and the jobs themselves tell machines, against the schemas that the pack publishes.
import { describe, expect, it } from 'vitest';
import { budgetReport, type Subject } from '../../../src/domain/jobs/alerts.ts';
import type { FoundRun } from '../../../src/domain/monitors/found-runs.ts';
import { recordsOf } from '../../../src/domain/monitors/record.ts';
import { failed, HOUR, NOW, ran, worked } from '../../support/monitors/found-runs.ts';
import { schemasOf } from '../../support/packs/schemas.ts';
import { judgedReports, slaCatalog, slaMonitor, tookRuns } from '../../support/packs/sla-pack.ts';

const { check, names } = schemasOf('sla-monitoring');
const MONITOR = slaMonitor('monitor_cleanup_sla');

const fired = (runs: readonly FoundRun[], alertType: string, monitor = MONITOR) => {
  const reports = judgedReports(monitor, tookRuns(monitor, { cleanup_magic_links: runs }));
  const firing = reports.find((report) => report.firing?.alertType === alertType)?.firing;
  if (!firing) throw new Error(`${alertType} did not fire`);
  return firing;
};

const sustained = [1, 2, 3].map((day) => ran(day * 24 * HOUR, 3000, worked(100)));
const steady = Array.from({ length: 5 }, (_, day) => ran((day + 1) * 24 * HOUR, 600, worked(1000)));

describe('an alert about a budget', () => {
  it.each([
    ['sla_breach_warning', [ran(HOUR, 2952)], 82, 80],
    ['sla_breach_warning', [ran(3500, undefined)], 97.2, 80],
    ['sla_breach_critical', [ran(2 * HOUR, 3700)], 102.8, 100],
    ['sla_sustained_utilization', sustained, 83.3, 80],
  ] as const)(
    '%s has exactly the fields of its schema, of run %# (SLA-78, SLA-81)',
    (type, runs, percent, limit) => {
      const { payload, summary, runbook } = fired(runs, type);
      expect(check('sla-alert', payload)).toBe('sound');
      expect(payload).toMatchObject({
        alert_type: type,
        job: 'cleanup_magic_links',
        utilization_percent: percent,
        threshold_percent: limit,
        message: summary,
        runbook: expect.stringMatching(/^https:\/\/runbooks\.example\.org\/sla-/),
      });
      expect(summary).toContain(`${percent.toFixed(1)}%`);
      expect(payload['runbook']).toBe(runbook);
    },
  );

  it('is the same by schema where the job itself tells it, with one decimal in its sentence (SLA-78, SLA-81)', () => {
    const job = slaCatalog().jobs.find(({ name }) => name === 'cleanup_magic_links')!.snapshot;
    const subject: Subject = { job, runId: 'r', workflowId: 'w', startedAt: NOW, budgetSeconds: 300 };
    for (const running of [true, false]) {
      const { firing } = budgetReport(subject, 246, running)!;
      expect(check('sla-alert', firing?.payload)).toBe('sound');
      expect(firing?.payload).toMatchObject({ utilization_percent: 82, threshold_percent: 80 });
      expect(firing?.summary).toContain('82.0% of its time budget');
    }
  });

  it('names the limits of the environment (SLA-78, SLA-82)', () => {
    const monitor = slaMonitor('monitor_cleanup_sla', { SLA_WARNING_THRESHOLD_PERCENT: '60.5' });
    const { payload } = fired([ran(HOUR, 2200)], 'sla_breach_warning', monitor);
    expect(payload).toMatchObject({ threshold_percent: 60.5, utilization_percent: 61.1 });
  });

  it('is refused by the schema with a field that nobody published, or without one that is promised (SLA-81)', () => {
    const { payload } = fired([ran(HOUR, 2952)], 'sla_breach_warning');
    const { threshold_percent: _, ...less } = payload;
    expect(check('sla-alert', { ...payload, mood: 'bad' })).toMatch(/must NOT have unevaluated properties/);
    expect(check('sla-alert', less)).toMatch(/must have required property 'threshold_percent'/);
    expect(check('sla-alert', { ...payload, message: 'It is late' })).toMatch(/must match pattern/);
  });
});

describe('another alert of a job', () => {
  it.each([
    ['success_rate_low', [failed(HOUR), ran(2 * HOUR, 60)], { success_rate: 0.5, successes: 1, failures: 1 }],
    ['consecutive_failures', [failed(HOUR), failed(2 * HOUR), failed(3 * HOUR)], { consecutive_failures: 3 }],
    ['throughput_drop', [ran(HOUR, 600, worked(10)), ...steady], { throughput_per_hour: 60 }],
  ] as const)('%s is as its schema says (SLA-81)', (type, runs, fields) => {
    const { payload } = fired(runs, type);
    expect(check('job-alert', payload)).toBe('sound');
    expect(payload).toMatchObject({ alert_type: type, job: 'cleanup_magic_links', ...fields });
  });
});

describe('the metric of a job', () => {
  it('is as its schema says, with null where there is nothing to tell (SLA-76, SLA-77, SLA-81)', () => {
    const jobs = { quiz: [ran(9 * HOUR, 1800)], pdfs: [], late: [ran(5000, undefined)] };
    const records = recordsOf(MONITOR, tookRuns(MONITOR, jobs), '2026-02-10T12:15:00.000Z');
    const metrics = records.filter((record) => record['metric'] === 'cleanup_sla_utilization');
    expect(metrics.map((metric) => check('sla-metric', metric))).toEqual(['sound', 'sound', 'sound']);
    expect(metrics).toEqual([
      {
        metric: 'cleanup_sla_utilization',
        job: 'quiz',
        duration_seconds: 1800,
        sla_budget_seconds: 3600,
        utilization_percent: 50,
        status: 'within_sla',
        timestamp: '2026-02-10T12:15:00Z',
      },
      {
        metric: 'cleanup_sla_utilization',
        job: 'pdfs',
        duration_seconds: null,
        sla_budget_seconds: 3600,
        utilization_percent: null,
        status: 'no_data',
        timestamp: '2026-02-10T12:15:00Z',
      },
      expect.objectContaining({ job: 'late', utilization_percent: 138.9, status: 'breached' }),
    ]);
  });
});

describe('the examples of the specification', () => {
  it.each([
    [
      'sla-metric',
      '{"metric":"cleanup_sla_utilization","job":"cleanup_pdfs","duration_seconds":1800,"sla_budget_seconds":7200,"utilization_percent":25.0,"status":"within_sla","timestamp":"2026-02-10T12:15:00Z"}',
    ],
    [
      'sla-alert',
      '{"alert_type":"sla_breach_warning","job":"cleanup_magic_links","sla_budget_seconds":300,"actual_duration_seconds":246,"utilization_percent":82.0,"threshold_percent":80,"message":"Job used 82.0% of its time budget","recommended_action":"Inspect slow batches, then database load and indexes","runbook":"https://runbooks.example.org/sla-breach-warning"}',
    ],
    [
      'queue-metric',
      '{"metric":"manual_resolution_queue_depth","total_pending":5,"average_age_hours":56.8,"oldest_item_hours":170,"items_exceeding_24h_sla":3,"items_requiring_escalation":1,"timestamp":"2026-02-10T13:00:00Z"}',
    ],
  ])('of %s is one of it (SLA-77, SLA-78, SLA-79)', (name, text) => {
    expect(names).toContain(name);
    expect(check(name, JSON.parse(text))).toBe('sound');
  });
});
