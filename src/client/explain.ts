// What a command that gave up says, and the exit code for it.
import { WorkflowFailedError } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import { UnknownNameError } from '../catalog/catalog.ts';
import { ConfigurationError } from '../catalog/faults/fault.ts';
import { EXIT } from './context.ts';

/** Tells what went wrong in words and returns the exit code for it. */
export const explain = (error: unknown, err: Pick<NodeJS.WritableStream, 'write'>): number => {
  // Commander has told its own errors already; help and version are none.
  if (error instanceof Error && 'exitCode' in error) return error.exitCode === 0 ? EXIT.yes : EXIT.bad;
  if (error instanceof WorkflowFailedError) {
    err.write(`the run did not end well: ${rootCause(error.cause) ?? error.message}\n`);
    return EXIT.bad;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigurationError || error instanceof UnknownNameError) {
    err.write(`${message}\n`);
    return EXIT.bad;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  err.write(`${message}${cause}\n`);
  return EXIT.unknown;
};
