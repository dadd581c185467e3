// What a step does, in lines for people who read it in the Temporal UI.
import { formatDuration } from '../duration.ts';
import type { OneShotStep } from './one-shot.ts';
import type { OrphansStep } from './orphans.ts';
import { type BatchedStep, isBatched, type StepSnapshot } from './step.ts';

/** Markdown list. `pack` names the database together with the step's own name for it. */
export const stepLines = (pack: string, step: StepSnapshot): readonly string[] => {
  if (isBatched(step)) return batchedLines(pack, step);
  if (step.action === 'orphans') return orphansLines(step);
  return oneShotLines(step);
};

const batchedLines = (pack: string, step: BatchedStep): readonly string[] => {
  const { database, schema, table, age, where } = step.selection;
  const condition = where === undefined ? '' : ` and \`${where}\``;
  const of =
    age.of === undefined ? '' : ` of the row in \`${age.of.schema}.${age.of.table}\` that they refer to`;
  const are = step.action === 'sql-batches' || step.action === 'http-items' ? 'are taken' : 'leave';
  return [
    `- **Table** \`${schema}.${table}\` in \`${pack}/${database}\``,
    `- **Retention** rows ${are} ${formatDuration(age.olderThanSeconds)} after \`${age.column}\`${of}${condition}`,
    `- **Batch** at most ${step.batchRows} rows`,
    ...actionLines(step),
  ];
};

const actionLines = (step: BatchedStep): readonly string[] => {
  if (step.action === 'archive')
    return [
      `- **Archive** \`${step.archive.schema}.${step.archive.table}\`; a row goes once its copy there is equal`,
    ];
  if (step.action === 'blobs') {
    const { column, graceSeconds } = step.blobs;
    return [`- **Objects** named by \`${column}\`, ${formatDuration(graceSeconds)} after it is cleared`];
  }
  if (step.action === 'sql-batches') return [`- **Statement** once for each row: \`${oneLine(step.sql)}\``];
  if (step.action !== 'http-items') return [];
  const { method, url, path, doneColumn, perSecond } = step.http;
  const pace = perSecond === undefined ? '' : `, at most ${perSecond} a second`;
  return [
    `- **Requests** \`${method}\` to the address of \`${url}\`${path === '' ? '' : ` with \`${path}\``}${pace}; ` +
      `\`${doneColumn}\` says when a row's was taken`,
  ];
};

const orphansLines = ({ orphans: { prefix, olderThanSeconds } }: OrphansStep): readonly string[] => [
  `- **Objects** below \`${prefix}\` that no row names, ${formatDuration(olderThanSeconds)} after their upload`,
];

const oneShotLines = (step: OneShotStep): readonly string[] => {
  const within = `within ${formatDuration(step.timeoutSeconds)}`;
  if (step.action === 'vacuum') {
    const tables = step.tables.map(({ schema, table }) => `\`${schema}.${table}\``).join(', ');
    return [`- **Vacuum** of ${tables}, each ${within}`];
  }
  if (step.action === 'sql') return [`- **Statement** once, ${within}: \`${oneLine(step.sql)}\``];
  return [`- **Request** \`${step.http.method}\` to the address of \`${step.http.url}\`, ${within}`];
};

const oneLine = (sql: string): string => sql.replaceAll(/\s+/g, ' ').trim();
