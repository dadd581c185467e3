// The `sexton` command line: what it is connected to, and one line a command.
import { WorkflowFailedError } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import { Command } from 'commander';
import { connectClient, temporalAddress } from '../adapters/temporal/connect.ts';
import { UnknownNameError } from '../catalog/catalog.ts';
import { ConfigurationError } from '../catalog/faults.ts';
import { type Env, processEnv } from '../config/env.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import { withAnnouncedStack } from '../local/embedded-env.ts';
import { registerAnswers } from './commands/answer.ts';
import { registerApply } from './commands/apply.ts';
import { registerIncidents } from './commands/incidents.ts';
import { registerLadder } from './commands/ladder.ts';
import { registerPlan } from './commands/plan.ts';
import { registerReview } from './commands/review.ts';
import { registerRun } from './commands/run.ts';
import { registerWorker } from './commands/worker.ts';
import { type CommandContext, EXIT } from './context.ts';

const createContext = (env: Env): CommandContext => ({
  out: process.stdout,
  err: process.stderr,
  open: async () => {
    const catalog = await loadCatalog({ env });
    const { client, close } = await connectClient(temporalAddress(env));
    return { catalog, client, close };
  },
});

/** Parses and runs one command; the exit code is left in `process.exitCode`. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const env = withAnnouncedStack(processEnv());
  const context = createContext(env);
  const program = new Command('sexton')
    .description('Cleanup jobs and escalations that keep their promises.')
    .addHelpText(
      'after',
      '\nExit codes: 0 yes · 1 no · 2 failed or bad input · 3 could not find out · 4 differences',
    )
    .exitOverride();
  registerPlan(program, context);
  registerApply(program, context);
  registerRun(program, context);
  const load = () => loadCatalog({ env });
  registerIncidents(program, { load, out: process.stdout });
  registerAnswers(program, context);
  registerReview(program, { load, out: process.stdout });
  registerLadder(program, { load, out: process.stdout });
  registerWorker(program, { env, load });

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = explain(error);
  }
};

/** Tells what went wrong in words and returns the exit code for it. */
const explain = (error: unknown): number => {
  // Commander has told its own errors already; help and version are none.
  if (error instanceof Error && 'exitCode' in error) return error.exitCode === 0 ? EXIT.yes : EXIT.bad;
  if (error instanceof WorkflowFailedError) {
    process.stderr.write(`the run did not end well: ${rootCause(error) ?? error.message}\n`);
    return EXIT.bad;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigurationError || error instanceof UnknownNameError) {
    process.stderr.write(`${message}\n`);
    return EXIT.bad;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  process.stderr.write(`${message}${cause}\n`);
  return EXIT.unknown;
};
