// Names and numbers that the pack, the data and the peers must agree on.

/** The table that rows leave, in every layout. By its schema: the embedded stack's user has one of its own name. */
export const TABLE = 'public.event';

/** A row is eligible once it is older than this; the data leaves ten days on either side of it. */
export const OLDER_THAN = '30 days';

/** Rows a batch, unless stated: large enough that round trips matter little, half of the most that a job may declare. */
export const BATCH_ROWS = 25_000;

/** Database that is measured in; it is made anew from a layout's template before every measurement. */
export const MEASURED = 'bench';
