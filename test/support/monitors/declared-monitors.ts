// Monitors as a pack declares them, for tests that judge or tune what comes of that. No server is asked.

import { ConfigurationError, renderFault } from '../../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { monitorSchema } from '../../../src/catalog/schema/monitor.ts';
import { policySchema } from '../../../src/catalog/schema/policy.ts';
import { policySnapshot } from '../../../src/catalog/snapshots/alert.ts';
import { monitorSnapshot } from '../../../src/catalog/snapshots/monitor.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { Reading, Sample, Taken } from '../../../src/domain/monitors/measure.ts';
import type { MonitorRule, MonitorSnapshot } from '../../../src/domain/monitors/monitor.ts';
import {
  type Declarations,
  defineMonitor,
  definePack,
  definePolicy,
  type MonitorDefinition,
  type Pack,
  type RuleBandDefinition,
  type RuleDefinition,
} from '../../../src/index.ts';

const ENV = {
  DATABASE_URL: 'postgres://db/x',
  REDIS_URL: 'redis://cache',
  RUNBOOK_BASE_URL: 'https://rb.example',
};

export const PAGE = definePolicy({
  name: 'page',
  tiers: [
    { name: 'now', after: '0s', notify: ['log'] },
    { name: 'again', after: '1h', notify: ['log'] },
    { name: 'boss', after: '90m', notify: ['log'] },
  ],
});

const ROUTES = { info: 'page', warning: 'page', high: 'page', critical: 'page' };

/** A measure of any labels. */
export const SQL = { kind: 'sql', database: 'app', sql: 'SELECT 1 AS value' } as const;

export const band = (
  when: RuleBandDefinition['when'],
  change: Partial<RuleBandDefinition> = {},
): RuleBandDefinition => ({ severity: 'warning', alertType: 'too_many', when, action: 'Look', ...change });

export const rule = (
  bands: readonly RuleBandDefinition[],
  change: Partial<RuleDefinition> = {},
): RuleDefinition => ({ name: 'drafts', summary: '{value} is over {limit}', bands, ...change });

/** Measures `a`, `b` and `c` are there unless it has its own; those that no rule names are left out. */
export const monitor = (
  rules: readonly RuleDefinition[],
  change: Partial<MonitorDefinition> = {},
): MonitorDefinition => {
  const named = JSON.stringify(rules);
  const measures = Object.fromEntries(
    ['a', 'b', 'c'].filter((name) => named.includes(`"measure":"${name}"`)).map((name) => [name, SQL]),
  );
  return defineMonitor({
    name: 'pollution',
    summary: 'Drafts that nobody uses',
    owner: 'on-call',
    schedule: '*/5 * * * *',
    measures,
    rules,
    ...change,
  });
};

export const loadMonitors = (declared: Declarations, pack: Partial<Pack> = {}) => {
  const garden = {
    ...definePack({
      name: 'garden',
      databases: { app: { url: 'DATABASE_URL' } },
      env: {},
      build: () => ({ policies: [PAGE], routes: ROUTES, ...declared }),
    }),
    ...pack,
  };
  return assembleCatalog(checkConfig({ packs: [garden] }), ENV);
};

export const faultsOf = (declared: Declarations, pack: Partial<Pack> = {}): readonly string[] => {
  try {
    loadMonitors(declared, pack);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(renderFault);
    throw error;
  }
  return [];
};

const PAGED = policySnapshot({
  pack: 'garden',
  policy: policySchema.parse(PAGE),
  directory: { roles: {}, people: {}, rotations: {} },
});

/** The monitor of one rule as it travels; without what only the whole pack tells, which takes longer. */
export const snapshotOf = (
  declared: RuleDefinition,
  change: Partial<MonitorDefinition> = {},
): { readonly monitor: MonitorSnapshot; readonly rule: MonitorRule } => {
  const snapshot = monitorSnapshot({
    pack: 'garden',
    monitor: monitorSchema.parse(monitor([declared], change)),
    runbookBaseUrl: ENV.RUNBOOK_BASE_URL,
    alerting: { routes: ROUTES, policies: [PAGED], severityNames: {} },
  });
  return { monitor: snapshot, rule: snapshot.rules[0]! };
};

type Labels = Reading['labels'];
type Series = readonly (readonly [Labels, number | null])[];

/** What was measured, by measure: one value, one a label set, or why there is none. */
export const took = (
  values: Readonly<Record<string, number | null | Error | Series>>,
  asOf = '2026-02-10T12:00:00.300Z',
): readonly Taken[] =>
  Object.entries(values).map(([measure, value]): Taken => {
    if (value instanceof Error) return { measure, asOf, error: { type: value.name, message: value.message } };
    const pairs: Series = typeof value === 'number' || value === null ? [[{}, value]] : value;
    return { measure, asOf, readings: pairs.map(([labels, each]) => ({ labels, value: each })) };
  });

/** Values of the ticks before `tick`, oldest first. */
export const before = (
  tick: string,
  {
    measure,
    values,
    everySeconds,
    labels = {},
  }: {
    readonly measure: string;
    readonly values: readonly (number | null)[];
    readonly everySeconds: number;
    readonly labels?: Labels;
  },
): readonly Sample[] =>
  values.map((value, place) => ({
    measure,
    labels,
    value,
    at: new Date(Date.parse(tick) - (values.length - place) * everySeconds * 1000).toISOString(),
  }));
