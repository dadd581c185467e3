// Reports as commented plain SQL: one of them, or all of a pack's in one file for other tools.
import { isOne } from '../../activities/reports/inputs.ts';
import type { Catalog, CatalogReport } from '../../catalog/catalog.ts';
import type { CheckedInput } from '../../catalog/schema/report-inputs.ts';
import {
  type Documented,
  INPUT_LITERAL,
  literalsOf,
  plainStatement,
  reportSql,
} from '../../domain/reports/plain-sql.ts';

type Jobs = Pick<Catalog, 'jobs'>;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const jobsLiteral = ({ jobs }: Jobs, pack: string): string => {
  const rows = jobs
    .filter((job) => job.pack === pack)
    .map(({ name, schedule, snapshot: { budgetSeconds, resourceType } }) => ({
      job: name,
      resource_type: resourceType,
      schedule,
      budget_seconds: budgetSeconds,
    }));
  return `${quoted(JSON.stringify(rows))}::jsonb`;
};

type Input = Documented['inputs'][string];

/** What an input is, in words, and what is written in its place. */
export const inputOf = (catalog: Jobs, { pack, report }: CatalogReport, input: CheckedInput): Input => {
  if (input.kind === 'jobs') {
    const more = input.schedules ? '; registered, paused and next_run only from Temporal' : '';
    return { about: `the jobs of the pack as they are declared${more}`, literal: jobsLiteral(catalog, pack) };
  }
  if (input.kind === 'rows') {
    const asked = plainStatement(input.sql, literalsOf(report.params));
    // Of the same database it can be written out; of another nobody but Sexton sees both.
    return input.database === report.database
      ? {
          about: 'rows of a statement of its own',
          literal: `(SELECT coalesce(jsonb_agg(to_jsonb(asked)), '[]') FROM (${asked}\n) AS asked)`,
        }
      : { about: `rows of database ${input.database}, as a jsonb list`, literal: INPUT_LITERAL.many };
  }
  const { kind, with: params } = input.measure;
  const figure = typeof params['of'] === 'string' ? ` (${params['of']})` : '';
  return isOne(input.measure)
    ? { about: `the measure ${kind}${figure}, a number`, literal: INPUT_LITERAL.one }
    : { about: `the measure ${kind}${figure}, a jsonb list`, literal: INPUT_LITERAL.many };
};

/** One report's page. */
export const sqlOf = (catalog: Jobs, declared: CatalogReport): string => {
  const { id, report } = declared;
  const inputs = Object.fromEntries(
    Object.entries(report.inputs).map(([name, input]) => [name, inputOf(catalog, declared, input)]),
  );
  return reportSql({ ...report, id, inputs });
};

/** Every report of a pack, by number, then by name; runs from top to bottom in psql and in query consoles. */
export const sqlOfPack = (catalog: Jobs, pack: string, reports: readonly CatalogReport[]): string => {
  const numberOf = ({ report }: CatalogReport): number => report.number ?? Number.POSITIVE_INFINITY;
  const ordered = reports.toSorted((a, b) => {
    const [first, second] = [numberOf(a), numberOf(b)];
    return first === second ? a.name.localeCompare(b.name, 'en') : first - second;
  });
  const head = [
    `-- Reports of the pack ${pack}, as plain SQL: \`sexton report --pack ${pack} --export FILE\` writes this file.`,
    '-- Each asks sexton.now(), which `sexton apply` has put into the database. Nothing here changes a row.',
  ].join('\n');
  return `${[head, ...ordered.map((report) => sqlOf(catalog, report))].join('\n\n')}\n`;
};
