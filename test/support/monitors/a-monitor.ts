// Monitors for tests: measures and rules as they travel.
import type { MeasureSnapshot, MonitorRule, MonitorSnapshot } from '../../../src/domain/monitors/monitor.ts';
import { aRule } from '../alerts/policies.ts';
import { unique } from '../stack.ts';

export const sqlMeasure = (sql: string, change: Partial<MeasureSnapshot> = {}): MeasureSnapshot => ({
  kind: 'sql',
  timeoutSeconds: 10,
  with: { database: 'app', sql, value: 'value', none: 'noData' },
  ...change,
});

/** Critical above a limit of the measure `depth`. */
export const depthRule = (above: number, change: Partial<MonitorRule> = {}): MonitorRule => {
  const band = {
    severity: 'critical',
    severityWord: 'critical',
    alertType: 'too_deep',
    action: 'Look',
  } as const;
  return {
    rule: aRule({ name: unique('depth') }),
    bands: [{ ...band, when: { measure: 'depth', above } }],
    summary: 'depth is {value}',
    noData: band,
    error: band,
    ...change,
  };
};

export const aMonitor = (change: Partial<MonitorSnapshot> = {}): MonitorSnapshot => ({
  v: 1,
  pack: 'test-pack',
  name: unique('queue'),
  summary: 'how deep the queue is',
  owner: 'on-call',
  cadenceSeconds: 600,
  measures: { depth: sqlMeasure('SELECT queue, depth AS value FROM public.depth') },
  rules: [depthRule(10)],
  ...change,
});
