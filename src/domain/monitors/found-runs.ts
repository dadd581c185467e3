// Runs as they were found, from Sexton's own rows or from an audit log: from here on that makes no difference.

/** What a run told of its work; null where it told nothing. */
interface RunWork {
  readonly records: number | null;
  readonly batches: number | null;
  readonly batchSize: number | null;
  readonly averageBatchMs: number | null;
  readonly longestBatchMs: number | null;
  readonly lockWaitMs: number | null;
}

/** A run as it was found; instants are ISO-8601 as the database wrote them. */
export interface FoundRun {
  readonly runId: string;
  readonly workflowId: string | null;
  readonly startedAt: string | null;
  /** Null while it goes on. */
  readonly endedAt: string | null;
  /** How long it took, or has been going on; null where nobody can know. */
  readonly seconds: number | null;
  readonly budgetSeconds: number | null;
  readonly state: 'running' | 'succeeded' | 'failed' | 'stopped' | 'skipped';
  readonly errorCode?: string | null;
  readonly work?: RunWork;
  /** Made up to try the alerts: judged against its budget, and part of nothing else. */
  readonly synthetic?: boolean;
  /** Its start is told to be after its end. */
  readonly clockSkew?: boolean;
  /** It told another budget than the one that counts. */
  readonly budgetMismatch?: boolean;
  /** It told another duration than its start and end do, by more than 5 s. */
  readonly durationMismatch?: boolean;
}

export interface RunsOfJob {
  readonly job: string;
  /** The newest first, no dry runs. */
  readonly runs: readonly FoundRun[];
  /** When the first run that is known began; null where there was none. */
  readonly firstAt: string | null;
  /** As declared. */
  readonly budgetSeconds?: number | undefined;
  /** Rows of the future, which were left out. */
  readonly futureRows?: number;
}

export const isCompleted = ({ state, synthetic }: FoundRun): boolean => state === 'succeeded' && !synthetic;

/** Succeeded or failed, and really ran. */
export const isJudged = ({ state, synthetic }: FoundRun): boolean =>
  (state === 'succeeded' || state === 'failed') && !synthetic;

/** Epoch ms; NaN, which is before and after nothing, where there is no instant. */
export const msOf = (iso: string | null): number => (iso === null ? Number.NaN : Date.parse(iso));

/** By when a run is told to be: its start, or its end where no start was told. */
export const atOf = ({ startedAt, endedAt }: FoundRun): string | null => startedAt ?? endedAt;
