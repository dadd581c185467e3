// The test of a new job: rows on both sides of its line, on a real database with the pack's migrations.
import { refuse } from '../refused.ts';
import { exampleOf } from '../sql-tables.ts';
import { type JobDraft, shortTable } from './job.ts';

/** Columns and values of a row that is \`n\` minutes old. */
const insertion = ({ table, column }: JobDraft): { readonly columns: string; readonly values: string } => {
  const others = table.columns.filter((each) => each.required && each.name !== column);
  const values = others.map(
    (each) =>
      exampleOf(each) ??
      refuse(
        `no example is known for ${each.name} ${each.type} of ${table.name}; write the job by hand (docs/adding.md)`,
      ),
  );
  return {
    columns: [column, ...others.map(({ name }) => name)].join(', '),
    values: ['sexton.now() - make_interval(mins => n)', ...values].join(', '),
  };
};

export const jobTest = (draft: JobDraft): string => {
  const { pack, name, table, column, olderThan, minutes } = draft;
  const { columns, values } = insertion(draft);
  const rows = shortTable(draft);
  return `// ${name} on a real database: which rows it takes, and which it leaves.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPackJob, type PackJob } from '../../support/jobs/pack-job.ts';

/** ${olderThan}, in minutes. */
const OLD_ENOUGH = ${minutes.toLocaleString('en-US').replaceAll(',', '_')};

let job: PackJob;
beforeAll(async () => {
  job = await openPackJob('${pack}/job/${name}');
});
afterAll(() => job.close());

const insertAged = (minutes: readonly number[]) =>
  job.db.query(
    \`INSERT INTO ${table.name} (${columns})
     SELECT ${values} FROM unnest($1::int[]) n\`,
    [minutes],
  );

const agesLeft = async (): Promise<number[]> => {
  const { rows } = await job.db.query(
    \`SELECT round(extract(epoch FROM sexton.now() - ${column}) / 60)::int AS minutes
     FROM ${table.name} ORDER BY minutes\`,
  );
  return rows.map(({ minutes }) => minutes);
};

it('${name} takes ${rows} from ${olderThan} on, and leaves one that is a minute younger', async () => {
  await insertAged([OLD_ENOUGH - 60, OLD_ENOUGH - 1, OLD_ENOUGH + 1, OLD_ENOUGH + 60]);
  expect((await job.dryRun()).would_delete).toBe(2);
  expect((await job.run()).deleted).toBe(2);
  expect(await agesLeft()).toEqual([OLD_ENOUGH - 60, OLD_ENOUGH - 1]);
});
`;
};
