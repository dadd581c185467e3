// The blast-radius guard: how much a run may take without a person who says so. Pure: what is measured against it, and
// what an approval covers, is handed in.

/** Limits of a job's steps; a snapshot of before there were any has none. All of them are strict. */
export interface Guard {
  /** Rows that a step may take. Absent: no such limit. */
  readonly maxRows?: number;
  /** Share of its table's rows that a step may take, above 0 to 1. */
  readonly maxShare: number;
  /** Tables of fewer rows are not held to the share. */
  readonly shareFromRows: number;
}

/** Holds where a job declares nothing: to empty a small table is nothing unusual. */
export const DEFAULT_GUARD: Guard = { maxShare: 0.9, shareFromRows: 10_000 };

/** A run that nobody approves for this long ends. */
export const APPROVAL_SECONDS = 86_400;

/** What a step would take, and what its table holds. */
export interface Sized {
  readonly step: string;
  readonly action: string;
  /** `schema.table`. */
  readonly table: string;
  readonly cutoff: string;
  readonly eligible: number;
  /** True where the rows could not be counted in time. */
  readonly isEstimate: boolean;
  /** Never below `eligible`; the planner's estimate where the table is large. */
  readonly tableRows: number;
}

export interface OverLimit extends Sized {
  /** 0 to 1. */
  readonly share: number;
  /** In words: `at most 90 % of the table`. */
  readonly limit: string;
}

/** What a person is asked to approve, and what the answer must name: `eligible` and `cutoff`. */
export interface ApprovalRequest {
  /** Counts what one run asks, from 1. */
  readonly number: number;
  /** By the target's clock. */
  readonly askedAt: string;
  /** Rows of all its steps together. */
  readonly eligible: number;
  readonly isEstimate: boolean;
  /** That of its first step; all are of one instant. */
  readonly cutoff: string;
  readonly steps: readonly [OverLimit, ...OverLimit[]];
}

/** Holds for one run. */
export interface Approved {
  readonly by: string;
  readonly reason?: string;
  readonly request: ApprovalRequest;
}

const count = (n: number): string => n.toLocaleString('en-US');

/** Rounded up, so that what is above a limit never reads as if it were not. */
const percent = (share: number): string => `${Math.ceil(Number((share * 1000).toFixed(6))) / 10} %`;

/** The step with the limits that it is above; undefined where it is within all of them. */
export const overLimit = (guard: Guard | undefined, sized: Sized): OverLimit | undefined => {
  if (!guard) return undefined;
  const { eligible, tableRows } = sized;
  const { maxRows, maxShare, shareFromRows } = guard;
  const share = tableRows > 0 ? Math.min(1, eligible / tableRows) : 0;
  const broken = [
    ...(maxRows !== undefined && eligible > maxRows ? [`${count(maxRows)} rows`] : []),
    ...(tableRows >= shareFromRows && share > maxShare ? [`${percent(maxShare)} of the table`] : []),
  ];
  if (broken.length === 0) return undefined;
  return { ...sized, share, limit: `at most ${broken.join(' and ')}` };
};

/** How far what is found may be above what was approved, where one of the two is an estimate. */
const ESTIMATES_DIFFER_BY = 0.1;

/** False where the step takes more than was approved, or nobody was asked about it. */
export const covers = ({ request }: Approved, found: OverLimit): boolean => {
  const given = request.steps.find(({ step }) => step === found.step);
  if (!given) return false;
  const slack = given.isEstimate || found.isEstimate ? ESTIMATES_DIFFER_BY : 0;
  return found.eligible <= given.eligible * (1 + slack);
};

/** The cutoff that an approval holds for; a run that was approved uses no other. */
export const approvedCutoff = (approved: Approved | undefined, step: string): string | undefined =>
  approved?.request.steps.find((each) => each.step === step)?.cutoff;

const VERBS: Readonly<Record<string, string>> = {
  delete: 'delete',
  archive: 'archive',
  blobs: 'delete the objects of',
  'sql-batches': 'change',
  'http-items': 'make requests for',
};

/** `delete about 1,200,000 rows, 60 % of public.orders`. */
const takesWords = ({ action, eligible, isEstimate, share, table }: OverLimit): string =>
  `${VERBS[action] ?? 'work on'} ${isEstimate ? 'about ' : ''}${count(eligible)} rows, ${percent(share)} of ${table}`;

/** `it would delete 1,200,000 rows, 60 % of public.orders; at most 50 % of the table go without approval`. */
export const overWords = (over: OverLimit): string =>
  `it would ${takesWords(over)}; ${over.limit} go without approval`;

/** The same of all that is asked for. */
export const requestWords = ({ steps }: Pick<ApprovalRequest, 'steps'>): string =>
  steps.map(overWords).join('; ');
