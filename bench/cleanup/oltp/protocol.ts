// What the benchmark and its load process say to each other.

export interface LoadOrder {
  /** Address of the database that is measured in. */
  readonly url: string;
  /** Operations a second, begun whether or not earlier ones have ended. */
  readonly rate: number;
  readonly connections: number;
  /** Ids of rows that stay. */
  readonly live: { readonly from: number; readonly to: number };
}

export type Kind = 'read' | 'update' | 'insert';

/** One operation: when it was to begin, Unix milliseconds, and how long after that its answer was there. */
export interface Operation {
  readonly kind: Kind;
  readonly at: number;
  readonly ms: number;
}

export type ToLoad = { readonly begin: LoadOrder } | 'stop';

export type FromLoad =
  | 'running'
  | { readonly operations: readonly Operation[]; readonly failed: readonly string[] };
