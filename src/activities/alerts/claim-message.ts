// The right to send one message: its ladder's position, its place in the line and its claim, in one transaction.
// Without Postgres there is none of it, and the message goes out all the same.
import { performance } from 'node:perf_hooks';
import { Context } from '@temporalio/activity';
import { type LadderPosition, writeLadder } from '../../adapters/postgres/alerts/ladders.ts';
import { type ClaimInput, type ClaimResult, claim } from '../../adapters/postgres/alerts/outbox.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure, messageOf, sqlState } from '../failures.ts';

export type Deps = Pick<Dependencies, 'databases' | 'ringAfterSeconds'>;

/** Waits for Postgres as long as it is fair to let a person sleep, then goes on without it. */
export const claimMessage = async (
  { databases, ringAfterSeconds }: Deps,
  input: ClaimInput,
  position?: LadderPosition,
): Promise<ClaimResult | 'unreachable'> => {
  const until = performance.now() + ringAfterSeconds * 1000;
  for (;;) {
    Context.current().heartbeat();
    try {
      return await inTransaction(databases.home, async (tx) => {
        // First: two sends of one wake would else hold the row together, and each wait for the other to write it.
        if (position) await writeLadder(tx, input.number, position);
        return claim(tx, input);
      });
    } catch (error) {
      if (sqlState(error) === undefined)
        throw failure(FAILURE_TYPES.sendFailed, messageOf(error), { cause: error, final: false });
      if (performance.now() > until) return 'unreachable';
      await Context.current().sleep(1_000);
    }
  }
};
