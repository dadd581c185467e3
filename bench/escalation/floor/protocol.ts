// What the benchmark and the floor's worker process say to each other.

/** `stop` ends it in order; `read` asks for what ran since the last question. */
export type ToFloor = 'begin' | 'read' | 'stop';

/** Ends of activities, Unix milliseconds; empty answers to the rest. */
export type FromFloor = { readonly ended: readonly number[] };

export const FLOOR_QUEUE = 'bench-floor';
