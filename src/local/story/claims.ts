// What must hold after a run for the story to be a success: every witness against the tables, which alone know what
// is gone.

import type { RunResult } from '../../domain/jobs/run.ts';
import type { StepSnapshot } from '../../domain/jobs/step.ts';
import type { ObjectsSeen } from './objects.ts';
import { isCountable, type TablesCount } from './tables.ts';

/** What there is to be seen of a job's table, and of its files where it deletes files. */
export interface Seen {
  readonly table: TablesCount;
  readonly objects: ObjectsSeen | undefined;
}

export interface Witnesses {
  readonly steps: readonly StepSnapshot[];
  readonly result: RunResult;
  readonly before: Seen;
  readonly after: Seen;
  readonly ledger: { readonly deleted: number; readonly objects: number };
  readonly audit: readonly string[];
  readonly row:
    | { readonly state: string; readonly deleted: number; readonly objects: number; readonly ended: boolean }
    | undefined;
  /** Of the workflow, in Temporal. */
  readonly status: string;
}

/** What is claimed, what was found, and what it should be. */
type Claim = readonly [string, unknown, unknown];

/** What the witnesses disagree on; empty where all is well. */
export const disagreements = (seen: Witnesses): readonly string[] =>
  [...rowClaims(seen), ...objectClaims(seen)]
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${String(found)}, expected ${String(expected)}`);

const rowClaims = ({
  steps,
  result,
  before,
  after,
  ledger,
  audit,
  row,
  status,
}: Witnesses): readonly Claim[] => {
  const gone = before.table.rows - after.table.rows;
  // Where the tables cannot tell, the other witnesses still have to agree.
  const countable = isCountable(steps);
  const left = countable ? before.table.old - after.table.old : ledger.deleted;
  const endings = audit.filter(
    (action) => !['CLEANUP_STARTED', 'CLEANUP_BATCH_COMPLETED', 'CLEANUP_THROTTLED'].includes(action),
  );
  return [
    // Rows whose file goes stay; what they lose is told by `objectClaims`.
    ...(countable ? tableClaims({ result, before, after }, gone) : []),
    ['rows in the ledger, against rows gone', ledger.deleted, left],
    ['rows in the result, against rows gone', result.deleted, left],
    ['rows in the run row, against rows gone', row?.deleted, left],
    ['state of the run row', row?.state, 'completed'],
    ['endings in the audit log', endings.join(', '), 'CLEANUP_COMPLETED'],
    ['status in Temporal', status, 'COMPLETED'],
  ];
};

const tableClaims = (
  { result, before, after }: Pick<Witnesses, 'result' | 'before' | 'after'>,
  gone: number,
): readonly Claim[] => [
  ['rows gone from the table, against rows that were eligible', gone, before.table.leaving],
  ['rows eligible by the run, against rows eligible by the table', result.eligible, before.table.old],
  ['rows left', after.table.old, 0],
];

const objectClaims = ({ steps, result, before, after, ledger, row }: Witnesses): readonly Claim[] => {
  const step = steps.find(({ action }) => action === 'blobs');
  if (step?.action !== 'blobs' || !before.objects || !after.objects) return [];
  const { due, inStore, cleared } = before.objects;
  // Within their grace they stay, and their tombstones with them.
  const goes = new Set(step.blobs.graceSeconds === 0 ? due : []);
  const left = new Set(after.objects.inStore);
  return [
    ['rows cleared of their file and stamped', after.objects.cleared - cleared, due.length],
    ['files in the store that were due', [...goes].filter((path) => left.has(path)).length, 0],
    [
      'other files gone from the store',
      inStore.filter((path) => !goes.has(path) && !left.has(path)).length,
      0,
    ],
    ['files in the ledger, against files that were due', ledger.objects, goes.size],
    ['files in the result, against files that were due', result.objects, goes.size],
    ['files in the run row, against files that were due', row?.objects, goes.size],
    ['tombstones left', after.objects.tombstones, due.length - goes.size],
  ];
};
