// `postLetter`: one letter to one target, once. A retry knows by its row of the try before it; what no channel takes in half
// a day is given up, which its row and the log say.
import { claimLetter, readLetter, settleLetter } from '../../adapters/postgres/letters/letters.ts';
import { ChannelError } from '../../channels/channel.ts';
import { waitAfter } from '../../domain/alerts/delivery.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { LetterOutcome } from '../../domain/letters/letter.ts';
import { tryAgain } from '../alerts/deliver.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure, messageOf } from '../failures.ts';

export interface PostLetterInput {
  /** As `writeLetter` returned it. */
  readonly letter: number;
  readonly target: Target;
}

export interface PostLetterResult {
  readonly target: string;
  readonly outcome: LetterOutcome;
  readonly error?: string;
}

const SEND_TIMEOUT_MS = 10_000;

/** Nobody waits for a letter, and after half a day it is old news. */
const EXPIRES_SECONDS = 12 * 3_600;

export const createPostLetter =
  ({ databases, channels }: Pick<Dependencies, 'databases' | 'channels'>) =>
  async ({ letter: id, target }: PostLetterInput): Promise<PostLetterResult> => {
    const { home } = databases;
    const name = formatTarget(target);
    const letter = await readLetter(home, id);
    if (!letter) throw failure(FAILURE_TYPES.unknownName, `there is no letter ${id}; nobody was told`);
    const { state, again, failures, ageSeconds } = await claimLetter(home, id, name);
    if (state !== 'claimed') return { target: name, outcome: state };
    const settle = (to: Parameters<typeof settleLetter>[2]) => settleLetter(home, { id, target: name }, to);
    try {
      const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
      const receipt = await channels.post?.({ target, letter, signal, retry: again });
      const outcome = receipt ? 'sent' : 'unsuited';
      // It is out: a row that cannot be written now must not send it again.
      await settle({ state: outcome, ...(receipt?.id !== undefined && { receipt: receipt.id }) }).catch(
        () => {},
      );
      return { target: name, outcome };
    } catch (thrown) {
      const error = messageOf(thrown);
      const known = thrown instanceof ChannelError ? thrown : undefined;
      const waitMs = waitAfter(failures + 1, known?.retryAfterMs);
      const final = known !== undefined && !known.recoverable;
      if (!final && ageSeconds + waitMs / 1000 < EXPIRES_SECONDS) {
        await settle({ state: 'claimed', error }).catch(() => {});
        throw tryAgain(error, waitMs);
      }
      await channels.postInstead?.({ target, letter, error });
      await settle({ state: 'dead', error }).catch(() => {});
      return { target: name, outcome: 'dead', error };
    }
  };
