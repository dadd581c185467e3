// The file of a new job. Unformatted: write.ts leaves that to Biome.
import { identifier, words } from '../names.ts';
import type { Manner } from '../pack-jobs.ts';
import type { SqlTable } from '../sql-tables.ts';

export interface JobDraft {
  readonly pack: string;
  readonly name: string;
  readonly database: string;
  readonly table: SqlTable;
  /** The instant that the age counts from. */
  readonly column: string;
  /** As declared, `30d`, and the same in minutes. */
  readonly olderThan: string;
  readonly minutes: number;
  readonly resourceType: string;
  readonly schedule: string;
  /** A role; stands in where no neighbour names one. */
  readonly owner: string;
  readonly manner: Manner;
}

/** `public.sessions` → `sessions`: the schema public goes without saying. */
export const shortTable = ({ table }: Pick<JobDraft, 'table'>): string => table.name.replace(/^public\./, '');

/** `sessions whose created_at is over 30d ago`. */
const whichRows = (draft: Pick<JobDraft, 'table' | 'column' | 'olderThan'>): string =>
  `${words(shortTable(draft).replaceAll('.', ' '))} whose ${draft.column} is over ${draft.olderThan} ago`;

const text = (value: string): string => `'${value}'`;

const properties = (draft: JobDraft): string => {
  const { name, database, table, column, olderThan, resourceType, schedule, owner, manner } = draft;
  const { taken } = manner;
  return `{
    name: '${name}',
    summary: 'Deletes ${whichRows(draft)}',
    owner: ${taken['owner'] ?? text(owner)},
    resourceType: '${resourceType}',
    schedule: '${schedule}',
    budget: '10m',
    ${taken['runbook'] === undefined ? '' : `runbook: ${taken['runbook']},`}
    ${taken['alerts'] === undefined ? '' : `alerts: ${taken['alerts']},`}
    steps: [
      {
        name: '${shortTable(draft).replaceAll('.', '_').toLowerCase()}',
        action: 'delete',
        batch: 1000,
        selection: {
          database: '${database}',
          table: '${shortTable(draft)}',
          key: [${table.key.map(text).join(', ')}],
          age: { column: '${column}', olderThan: '${olderThan}' },
        },
      },
    ],
  }`;
};

export const jobText = (draft: JobDraft): string => {
  const { name, manner } = draft;
  const { parameters, imports } = manner;
  const head = `// ${whichRows(draft).replace(/^./, (letter) => letter.toUpperCase())}.`;
  if (parameters === undefined) {
    return `${head}
import { defineJob } from '../../../src/index.ts';
${imports.join('\n')}

export const ${identifier(name)} = defineJob(${properties(draft)});
`;
  }
  return `${head}
import { defineJob, type JobDefinition } from '../../../src/index.ts';
${imports.join('\n')}

export const ${identifier(name)} = (${parameters}): JobDefinition => defineJob(${properties(draft)});
`;
};
