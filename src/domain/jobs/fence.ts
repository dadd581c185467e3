// Who may delete. Redis keeps runs apart for convenience; this decides, inside the delete transaction, and is
// therefore the part that must be right. Pure, so that every interleaving can be written down as a test.

/** One attempt at one slice of one run. `slice` is never reused by a workflow, `attempt` is Temporal's. */
export interface Claim {
  readonly runId: string;
  readonly epoch: number;
  readonly slice: number;
  readonly attempt: number;
}

/**
 * What an attempt may do with the fence row that it found:
 * - `enter`: it is the newest; write it down and go on under the row's epoch.
 * - `restore`: the row is older than what this run was given, so the database went back (failover);
 *   write it down under a raised epoch and go on from the ledger.
 * - `superseded`: a later attempt of the same run is already in; this one is a zombie.
 * - `takenOver`: another run owns the resource now.
 */
export type FenceVerdict = 'enter' | 'restore' | 'superseded' | 'takenOver';

export const judgeFence = (row: Claim | undefined, claim: Claim): FenceVerdict => {
  if (!row) return 'restore';
  if (row.runId !== claim.runId) return row.epoch > claim.epoch ? 'takenOver' : 'restore';
  if (row.epoch < claim.epoch) return 'restore';
  const newer = row.slice < claim.slice || (row.slice === claim.slice && row.attempt < claim.attempt);
  return newer ? 'enter' : 'superseded';
};
