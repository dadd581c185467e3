// The file of a new scenario, and its test: what it says of its rows, the job says too.
import { identifier } from '../names.ts';
import type { JobFacts } from '../pack-jobs.ts';
import { refuse } from '../refused.ts';
import { exampleOf, type SqlTable } from '../sql-tables.ts';

export interface ScenarioDraft {
  readonly pack: string;
  readonly name: string;
  readonly job: JobFacts;
  readonly table: SqlTable;
}

/** Ages of the rows that stay: up to nine tenths of the line, or still to come where the line is now. */
const youngAge = (seconds: number): string =>
  seconds > 0
    ? `interval '${seconds} seconds' * 0.9 * (n - \${ELIGIBLE}) / \${ROWS - ELIGIBLE}`
    : `-interval '1 day' - n * interval '1 minute'`;

export const scenarioText = ({ name, job, table }: ScenarioDraft): string => {
  const others = table.columns.filter((each) => each.required && each.name !== job.column);
  const values = others.map(
    (each) => exampleOf(each) ?? refuse(`no example is known for ${each.name} ${each.type} of ${table.name}`),
  );
  const columns = [job.column, ...others.map((each) => each.name)].join(', ');
  return `\
// 1,000 rows of ${table.name}, 250 of them old enough for ${job.name}. The same instant gives the same rows.
import type { Scenario } from '../../../src/index.ts';

const ROWS = 1000;
const ELIGIBLE = 250;

/** Rows 1…250 are past the job's line, by a minute and by an hour more each; the others stay well before it. */
const INSERT = \`
  INSERT INTO ${table.name} (${columns})
  SELECT ${['$1::timestamptz - age', ...values].join(', ')}
  FROM generate_series(1, \${ROWS}) AS n
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN n <= \${ELIGIBLE} THEN interval '${job.olderThanSeconds} seconds' + interval '1 minute' + (n - 1) * interval '1 hour'
      ELSE ${youngAge(job.olderThanSeconds)}
    END AS age
  ) AS aged\`;

export const ${identifier(name)}: Scenario = async ({ database, now }) => {
  const client = database('${job.database}');
  await client.query('TRUNCATE ${table.name} RESTART IDENTITY');
  await client.query(INSERT, [now.toISOString()]);
  await client.query('ANALYZE ${table.name}');
  return [{ table: '${table.name}', rows: ROWS, eligible: ELIGIBLE }];
};
`;
};

export const scenarioTest = ({ pack, name, job, table }: ScenarioDraft): string => `\
// Scenario ${name} on a real database: ${job.name} finds as many rows due as it says.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ${identifier(name)} } from '../../../packs/${pack}/seed/${name.replaceAll('_', '-')}.ts';
import { openPackJob, type PackJob } from '../../support/jobs/pack-job.ts';

let job: PackJob;
beforeAll(async () => {
  job = await openPackJob('${pack}/job/${job.name}');
});
afterAll(() => job.close());

it('${name} fills ${table.name}, and ${job.name} finds due what it says is eligible', async () => {
  const [filled] = await ${identifier(name)}({ database: () => job.db, now: new Date() });
  const { rows } = await job.db.query('SELECT count(*)::int AS rows FROM ${table.name}');
  expect(rows).toEqual([{ rows: filled?.rows }]);
  expect((await job.dryRun()).would_delete).toBe(filled?.eligible);
});
`;
