// Names and numbers that the parts agree on.

/** The pack whose alerts are opened. */
export const PACK = 'drill';

/** The role that is told; `sexton.config.ts` leads it to the webhook. */
export const ROLE = 'on_call';

/** Where a Temporal that is there already is worked in. */
export const NAMESPACE = 'sexton-bench';

/** Sexton's own database. */
export const HOME = 'sexton';

export const FIRST_TIER = 'first';
export const SECOND_TIER = 'second';

/** How late a page may be after workers died. */
export const REPAIRED_WITHIN_SECONDS = 30;

/** A timer that is not to ring while anything is measured. */
export const FAR_SECONDS = 6 * 3600;

/** The monitor of one rule with an incident a queue, and that rule. */
export const FLOOD_MONITOR = 'queues';
export const FLOOD_RULE = 'stalled';

/** The pack's database, and the table in it that monitors look at. */
export const MAIN = 'drill';
export const QUEUES = 'public.queue';

/** A queue that stands still for longer fires. */
export const STALLED_MINUTES = 10;
