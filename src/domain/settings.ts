// The engine's own timings. They travel in the snapshot, so that a run keeps those it was started with
// and tests can state shorter ones.

export interface EngineSettings {
  /** Life of the Redis lock between two extensions. Never relied on past its own deadline. */
  readonly leaseSeconds: number;
  /** Batches are run for this long before the workflow hears of them. */
  readonly sliceSeconds: number;
  /** A worker silent for this long is taken for dead and its slice is given to another. */
  readonly heartbeatSeconds: number;
  /** Waits before a failed slice is tried again; then the run fails, visibly. */
  readonly backoffSeconds: readonly number[];
  /** The longest that one SQL statement of a batch may take. */
  readonly statementSeconds: number;
  /** After this long without an answer from Postgres, people are told without it. */
  readonly ringAfterSeconds: number;
}

/** Design §5 and §6; `sexton.config.ts` may state others. */
export const DEFAULT_SETTINGS: EngineSettings = {
  leaseSeconds: 30,
  sliceSeconds: 20,
  heartbeatSeconds: 15,
  backoffSeconds: [10, 20, 40, 80],
  statementSeconds: 5,
  ringAfterSeconds: 60,
};
