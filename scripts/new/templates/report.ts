// The file of a new report, and its test on real rows. The audit log is an example: each target database has one.
import { identifier, titled } from '../names.ts';

export interface ReportDraft {
  readonly pack: string;
  readonly name: string;
  readonly database: string;
}

export const reportText = ({ name, database }: ReportDraft): string => `\
// ${titled(name)}: what was done lately, by action. As an example: put your question in its place.
import { defineReport } from '../../../src/index.ts';

export const ${identifier(name)} = defineReport({
  name: '${name}',
  title: '${titled(name)}',
  purpose: 'What the audit log has of each action within a time, the newest first.',
  database: '${database}',
  params: { within: { type: 'duration', about: 'how far back', default: '24h', min: 60, max: 31_622_400 } },
  // One SELECT that asks sexton.now(), rounds nothing and orders its rows.
  sql: \`
    SELECT action, count(*) AS entries, max("timestamp") AS newest FROM sexton.audit_log
    WHERE "timestamp" > sexton.now() - :within GROUP BY action ORDER BY newest DESC, action\`,
  columns: [
    { name: 'action', type: 'text' },
    { name: 'entries', type: 'count', bands: { warning: { above: 1000 } } },
    { name: 'newest', type: 'instant', about: 'UTC' },
  ],
  interpret: ({ rows }) => (rows.length === 0 ? ['Nothing was done.'] : []),
  sample: [{ action: 'CLEANUP_COMPLETED', entries: 24, newest: '2026-02-10T12:00:00Z' }],
  hint: 'Many entries of one action: look at its newest ones in sexton.audit_log.',
});
`;

export const reportTest = ({ pack, name, database }: ReportDraft): string => `\
// What ${name} answers, on rows that this test has laid.
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRunReport, type RunReport } from '../../../src/activities/reports/run-report.ts';
import { type Databases, openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { type CatalogReport, findReport } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { freshDatabase, redisUrl } from '../../support/stack.ts';

let databases: Databases;
let report: CatalogReport;
let run: RunReport;
beforeAll(async () => {
  const url = await freshDatabase('report');
  const catalog = await loadCatalog({ env: { DATABASE_URL: url, REDIS_URL: redisUrl() } });
  await migrateAll(catalog);
  databases = openDatabases(catalog.home, catalog.databases);
  report = findReport(catalog, '${pack}/report/${name}');
  // Nothing of it is asked of Temporal.
  run = createRunReport({ databases, temporal: {} as Client });
});
afterAll(() => databases.close());

it('${name} counts what was done by action within its time, the newest first', async () => {
  await databases.of('${pack}', '${database}')?.query(\`
    INSERT INTO sexton.audit_log (actor, action, resource_type, "timestamp")
    SELECT 'test', action, 'row', sexton.now() - age::interval
    FROM (VALUES ('SEEN', '2 hours'), ('SEEN', '3 hours'), ('DONE', '1 hour'), ('SEEN', '25 hours')) AS laid (action, age)\`);
  const shown = async (within: string) => {
    const { rows } = (await run({ report, params: { within } })).tables[0];
    return rows.map(({ action, entries }) => [action, entries]);
  };
  expect(await shown('24h')).toEqual([
    ['DONE', 1],
    ['SEEN', 2],
  ]);
  expect(await shown('26h')).toEqual([
    ['DONE', 1],
    ['SEEN', 3],
  ]);
});
`;
