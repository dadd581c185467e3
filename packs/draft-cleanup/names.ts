// Names that several files of the pack share.

/** The one job of the pack (DRAFT-15). */
export const CLEANUP_JOB = 'cleanup-old-drafts-hourly';

/** Held while a run of it goes on (DRAFT-18). */
export const CLEANUP_LOCK = `lock:cleanup:${CLEANUP_JOB}`;

/** The database that drafts are in. */
export const DATABASE = 'drafts';

/** Keys of open forms in Redis (DRAFT-11). */
export const SESSION_KEYS = 'draft:session:*';

/** The seven alerts by their number (DRAFT-60). */
export const ALERTS: Readonly<Record<string, string>> = {
  '1': 'draft_pollution_high',
  '2': 'draft_pollution_critical',
  '3': 'cleanup_job_stalled',
  '4': 'old_drafts_pending',
  '5': 'draft_traffic_spike',
  '6': 'redis_unavailable',
  '7': 'cleanup_job_failures',
};
