// The types of failure that cross an activity's edge. The type is the API: workflows, tests and operators
// decide by it, never by the message.

export const FAILURE_TYPES = {
  /** Another attempt or another owner has passed this one by; it ends and changes nothing. */
  superseded: 'SUPERSEDED',
  /** Another owner took the lock or the fence while the run went on. */
  lockTaken: 'LOCK_TAKEN',
  /** Redis did not answer, and without the lock no batch starts (SLA-126). */
  lockBackendUnavailable: 'LOCK_BACKEND_UNAVAILABLE',
  /** A batch failed; the run waits and tries again. */
  batchFailed: 'BATCH_FAILED',
  /** The table, its index or the predicate is not fit for this job. */
  preflightRefused: 'PREFLIGHT_REFUSED',
  /** The run would take more than it may without approval, and nobody approved it in time. */
  notApproved: 'NOT_APPROVED',
  /** A person stopped the run. */
  stopped: 'STOPPED_BY_OPERATOR',
  /** A run refuses what it was asked: it makes progress, is over, or was not asked in full. */
  controlRefused: 'CONTROL_REFUSED',
  /** More items failed by themselves than the run may set aside: what fails is not the items. */
  tooManySetAside: 'TOO_MANY_SET_ASIDE',
  /** The archive has a row of the same key with other content; nothing of the batch left its table. */
  archiveConflict: 'ARCHIVE_CONFLICT',
  /** So many objects seem to be nobody's that the declaration is in doubt. */
  tooManyOrphans: 'TOO_MANY_ORPHANS',
  /** The blob store refuses the credentials, or the store is suspended or gone. */
  blobStoreDenied: 'BLOB_STORE_DENIED',
  /** A snapshot names something that this worker's config does not have. */
  unknownName: 'UNKNOWN_NAME',
  /** A channel did not take a message; it is tried again, then sent elsewhere. */
  sendFailed: 'SEND_FAILED',
  /** An answer to an incident that takes none any more, or that makes no sense. */
  answerRefused: 'ANSWER_REFUSED',
  /** A workflow was started with something that is no input of its type. */
  badInput: 'BAD_INPUT',
  /** Sexton's own database does not answer, so nothing can be judged. */
  homeUnreachable: 'HOME_UNREACHABLE',
  /** A tick of a monitor could not be evaluated, for a reason that another try does not mend. */
  evaluationFailed: 'EVALUATION_FAILED',
  /** The workflow closed without telling how its run ended. */
  runLost: 'RUN_LOST',
} as const;

export type FailureType = (typeof FAILURE_TYPES)[keyof typeof FAILURE_TYPES];
