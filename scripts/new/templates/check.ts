// The file of a new health check, and its test, which judges by hand: no server is asked.
import { identifier, words } from '../names.ts';

export interface CheckDraft {
  readonly pack: string;
  readonly name: string;
  readonly database: string;
  /** Who answers for it. */
  readonly role: string;
  /** What a failure is: one that a route of the pack leads on from. */
  readonly severity: string;
}

export const checkText = ({ name, database, role, severity }: CheckDraft): string => `\
// Whether what ${words(name)} looks at is there and works. \`npx sexton health ${name}\` asks now.
import { defineHealthCheck } from '../../../src/index.ts';

export const ${identifier(name)} = defineHealthCheck({
  name: '${name}',
  summary: 'Looks whether all is well with ${words(name)}',
  owner: '${role}',
  schedule: '0 */6 * * *',
  checks: {
    database: { kind: 'postgres', database: '${database}' },
    redis: { kind: 'redis' },
    // Any measure will do; limits are strict where they say above or below.
    waiting_locks: {
      kind: 'measure',
      label: 'Sessions that wait for locks',
      measure: { kind: 'postgres-activity', database: '${database}', of: 'waiting-locks' },
      warn: { above: 5 },
      fail: { above: 20 },
    },
  },
  alerts: {
    rule: '${name}',
    fail: { severity: '${severity}', action: 'Run \`sexton health ${name}\`, and mend what it names' },
    warn: false,
  },
});
`;

export const checkTest = ({ pack, name, role, severity }: CheckDraft): string => `\
// What ${name} promises: what it looks at, and from where on it warns and fails. No server is asked.
import { expect, it } from 'vitest';
import { findCheck } from '../../../src/catalog/catalog.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import type { MeasureParams } from '../../../src/domain/health/check-params.ts';
import { judgeReadings } from '../../../src/domain/health/judge-measure.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

it('${name} asks database and Redis, warns above 5 waiting sessions, and alerts above 20 or without a value', async () => {
  const { checks, owner, alerts } = findCheck(await loadCatalog({ env: ENV }), '${pack}/check/${name}').snapshot;
  expect(checks.map((check) => check.name)).toEqual(['database', 'redis', 'waiting_locks']);
  const params = checks.find((check) => check.name === 'waiting_locks')?.with as unknown as MeasureParams;
  const statusOf = (value: number | null) => judgeReadings([{ labels: {}, value }], params).status;
  expect([5, 6, 20, 21, null].map(statusOf)).toEqual(['PASS', 'WARN', 'WARN', 'FAIL', 'FAIL']);
  expect({ owner, fail: alerts?.fail?.severity, warn: alerts?.warn?.severity }).toEqual({ owner: '${role}', fail: '${severity}' });
});
`;
