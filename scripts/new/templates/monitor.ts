// The files of a new monitor: what is measured and the rule that judges it, its test.
import { identifier, words } from '../names.ts';

export interface MonitorDraft {
  readonly pack: string;
  readonly name: string;
  readonly database: string;
  /** Who answers for it. */
  readonly role: string;
  /** One that a route of the pack leads on from. */
  readonly severity: string;
}

export const monitorText = ({ name, database, role, severity }: MonitorDraft): string => `\
// What is looked at for ${words(name)}, and what of it people are told. \`npx sexton rules ${name}\` shows the rule.
import { defineMonitor } from '../../../src/index.ts';

export const ${identifier(name)} = defineMonitor({
  name: '${name}',
  summary: 'Looks after ${words(name)}',
  owner: '${role}',
  schedule: '*/5 * * * *',
  measures: {
    // One SELECT, a row a series: the number in \`value\`, labels in the other columns.
    waiting: {
      kind: 'sql',
      database: '${database}',
      sql: 'SELECT count(*) AS value FROM pg_locks WHERE NOT granted',
      labels: [],
    },
  },
  rules: [
    {
      name: '${name}',
      summary: '{value} locks are waited for, over {limit}',
      for: '10m',
      bands: [
        {
          severity: '${severity}',
          alertType: '${name.replaceAll('-', '_')}_high',
          when: { measure: 'waiting', above: 5 },
          recovers: { measure: 'waiting', atMost: 2 },
          action: 'Look for the transaction that holds them',
        },
      ],
    },
  ],
});
`;

export const monitorTest = ({ pack, name, severity }: MonitorDraft): string => `\
// What ${name} promises: from which value on people are told, and until when. No server is asked.
import { expect, it } from 'vitest';
import { findRule } from '../../../src/catalog/catalog.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { judge } from '../../../src/domain/monitors/judge.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
const TICK = '2026-02-10T12:00:00Z';

it('${name} fires as ${severity} above 5 for 10 min, holds until 2, and is no data without a value', async () => {
  const { monitor, rule } = findRule(await loadCatalog({ env: ENV }), '${pack}/rule/${name}');
  const saidOf = (value: number | null): string => {
    const readings = [{ labels: {}, value }];
    const taken = [{ measure: 'waiting', asOf: TICK, readings }];
    const { reports } = judge({ monitor: monitor.snapshot, rule, taken, history: [], tick: TICK });
    const [report] = reports;
    return report?.firing?.severity ?? report?.unknown?.state ?? (report?.notRecovered ? 'holds' : 'fine');
  };
  expect([6, 5, 3, 2, null].map(saidOf)).toEqual(['${severity}', 'holds', 'holds', 'fine', 'noData']);
  expect(rule.rule.timing?.forSeconds).toBe(600);
});
`;
