// Snapshots for tests: a job on a table of the test's own, with whatever the test wants to differ.
import type { JobSnapshot, RunPlan } from '../../../src/domain/jobs/job.ts';
import type { OrphansStep } from '../../../src/domain/jobs/orphans.ts';
import type { BlobsStep, DeleteStep } from '../../../src/domain/jobs/step.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { unique } from '../stack.ts';
import type { JobOf } from './steps.ts';

type JobChange = Partial<Omit<JobSnapshot, 'steps'>> & {
  readonly batchRows?: number;
  readonly where?: string;
  readonly table?: string;
};

/** Deletes rows of `public.link` that expired more than a day ago, five at a time, under a lock of its own. */
export const aJob = ({
  batchRows = 5,
  where,
  table = 'link',
  ...change
}: JobChange = {}): JobOf<DeleteStep> => ({
  v: 1,
  pack: 'test-pack',
  name: 'cleanup_links',
  summary: 'links that nobody can use any more',
  owner: 'on-call',
  resourceType: 'link',
  lockKey: unique('lock:cleanup:cleanup_links'),
  budgetSeconds: 300,
  settings: DEFAULT_SETTINGS,
  ...change,
  steps: [
    {
      action: 'delete',
      name: 'links',
      batchRows,
      selection: {
        database: 'app',
        schema: 'public',
        table,
        key: ['id'],
        age: { column: 'expires_at', olderThanSeconds: 86_400 },
        orderBy: ['expires_at', 'id'],
        ...(where && { where }),
      },
    },
  ],
});

type BlobsChange = Partial<Omit<JobSnapshot, 'steps'>> & {
  readonly batchRows?: number;
  readonly where?: string;
  readonly table?: string;
  readonly blobs?: Partial<BlobsStep['blobs']>;
};

/** Clears `public.plan.pdf` of rows made more than a day ago, five at a time, and deletes the objects named there. */
export const aBlobsJob = ({
  batchRows = 5,
  where,
  table = 'plan',
  blobs,
  ...change
}: BlobsChange = {}): JobSnapshot => {
  const present = '"pdf" IS NOT NULL';
  const step: BlobsStep = {
    action: 'blobs',
    name: 'plans',
    batchRows,
    selection: {
      database: 'app',
      schema: 'public',
      table,
      key: ['id'],
      age: { column: 'made_at', olderThanSeconds: 86_400 },
      orderBy: ['made_at', 'id'],
      where: where === undefined ? present : `${present} AND (${where})`,
    },
    blobs: { column: 'pdf', deletedAt: 'pdf_deleted_at', graceSeconds: 0, ...blobs },
  };
  const name = unique('cleanup_pdfs');
  const base = aJob({ name, resourceType: 'plan_pdf', lockKey: `lock:cleanup:${name}`, ...change });
  return { ...base, steps: [step] };
};

type OrphansChange = Partial<Omit<JobSnapshot, 'steps'>> & {
  readonly batchRows?: number;
  readonly orphans?: Partial<OrphansStep['orphans']>;
};

/** Deletes objects below `pdf/` of more than a day ago that no `public.plan.pdf` names, at once, as many as there are. */
export const anOrphansJob = ({ batchRows = 5, orphans, ...change }: OrphansChange = {}): JobSnapshot => {
  const step: OrphansStep = {
    action: 'orphans',
    name: 'nobodys',
    database: 'app',
    batchRows,
    orphans: {
      prefix: 'pdf/',
      referencedBy: [{ schema: 'public', table: 'plan', column: 'pdf' }],
      olderThanSeconds: 86_400,
      maxShare: 1,
      graceSeconds: 0,
      paths: 'reused',
      ...orphans,
    },
  };
  const name = unique('cleanup_orphans');
  const base = aJob({ name, resourceType: 'plan_pdf', lockKey: `lock:cleanup:${name}`, ...change });
  return { ...base, steps: [step] };
};

export const aPlan = (change: Partial<RunPlan> = {}): RunPlan => ({
  runId: 'run-1',
  startedAt: '2026-02-10T12:00:00.000000Z',
  cutoff: '2026-02-09T12:00:00.000000Z',
  epoch: 1,
  lockValue: '{}',
  lockWaitMs: 0,
  eligible: 10,
  eligibleIsEstimate: false,
  strategy: 'age-index-windows',
  ...change,
});
