// Arguments and options that several commands read alike.
import { InvalidArgumentError } from 'commander';

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** An instant with its zone; what is not written out is not guessed. */
export const instantArgument = (text: string): Date => {
  const at = new Date(text);
  if (ISO_INSTANT.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError('must be an instant such as 2026-02-10T12:00:00Z.');
};

/** Who asks and why; both go into the audit log, or into the note of a schedule. */
export interface WhoFlags {
  readonly by?: string;
  readonly reason?: string;
  readonly json?: boolean;
}
