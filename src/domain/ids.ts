// Every id in the system is made here and nowhere else.

/** `<pack>/job/<name>`: how a job is named where names of several kinds meet. */
export const jobId = (pack: string, name: string): string => `${pack}/job/${name}`;

/** Workflow id of a run started by a person; `unique` is a ULID, so ids sort by start. */
export const manualRunWorkflowId = (pack: string, name: string, unique: string): string =>
  `job/${pack}/${name}/${unique}`;

/** Workflow id that a schedule is given; Temporal appends the tick's instant to it. */
export const scheduledRunWorkflowId = (pack: string, name: string): string => `job/${pack}/${name}/scheduled`;

/** Schedule id of a job. The prefix marks the schedules that `apply` may change or delete. */
export const jobScheduleId = (pack: string, name: string): string => `${SCHEDULE_PREFIX}${jobId(pack, name)}`;

export const SCHEDULE_PREFIX = 'sexton/';

export const RECONCILE_SCHEDULE_ID = `${SCHEDULE_PREFIX}reconcile`;
export const RECONCILE_WORKFLOW_ID = 'reconcile';

/** Redis key that a job's runs are kept apart by (SLA-16). */
export const defaultLockKey = (job: string): string => `lock:cleanup:${job}`;

/** Workflows and the short activities around them. */
export const ORCHESTRATION_QUEUE = 'sexton-orchestration';
/** Repairs have a queue of their own, so that they never wait behind what they repair. */
export const RECONCILE_QUEUE = 'sexton-reconcile';

/** Slices queue per target database: its slots are what protects that database. */
export const cleanupQueue = (pack: string, database: string): string => `sexton-cleanup-${pack}-${database}`;
