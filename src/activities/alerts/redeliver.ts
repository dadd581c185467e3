// `redeliver`: sends a dead letter again because a person asks for it, as it was and under its key. One try, whose
// outcome is the answer.
import { ApplicationFailure } from '@temporalio/common';
import { revive } from '../../adapters/postgres/alerts/dead-letters.ts';
import { type MessageId, settle } from '../../adapters/postgres/alerts/outbox.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure, messageOf } from '../failures.ts';

export interface RedeliverInput extends MessageId {
  readonly by: string;
}

export interface RedeliverResult {
  readonly outcome: 'sent' | 'dead';
  readonly error?: string;
}

const SEND_TIMEOUT_MS = 10_000;

export const createRedeliver =
  ({ databases, channels }: Pick<Dependencies, 'databases' | 'channels'>) =>
  async ({ by, ...message }: RedeliverInput): Promise<RedeliverResult> => {
    const { channel, address } = message;
    const revived = await revive(databases.home, message, { by, handle: `deadletter retry by ${by}` });
    if (!revived?.notification) {
      const what = revived ? 'what it said was not kept' : 'it is no dead letter any more';
      throw failure(FAILURE_TYPES.answerRefused, `cannot be sent again: ${what}`);
    }
    const { notification, dedupKey, openKeys, first } = revived;
    const more = { ...(dedupKey !== null && { dedupKey }), ...(openKeys && { openKeys }) };
    try {
      const receipt = await channels.send({
        target: { channel, address },
        notification,
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
        // Some try before it may have arrived after all.
        retry: true,
        ...more,
      });
      await settle(databases.home, message, { state: 'sent', receipt, first });
      return { outcome: 'sent' };
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      const told = messageOf(error);
      await settle(databases.home, message, { state: 'dead', error: told, notification });
      return { outcome: 'dead', error: told };
    }
  };
