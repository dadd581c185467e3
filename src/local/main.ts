// `npm start`, and `sexton dev` of an installed package: everything on a fresh machine. Brings the stack up,
// prepares it, tells the story, and serves until it is told to stop.
import { Command } from 'commander';
import { ConfigurationError } from '../catalog/faults/fault.ts';
import { EXIT } from '../client/context.ts';
import { processEnv } from '../config/env.ts';
import { onParentGone } from './parent-watch.ts';
import { type ServeOptions, serve } from './serve.ts';
import { StackUnavailable } from './stack.ts';
import { WouldLoseRows } from './story/seed.ts';

interface Flags {
  readonly once: boolean;
  readonly json: boolean;
}

/** Runs until done or told to stop; resolves with the exit code once nothing is left running. */
export const main = async (
  argv: readonly string[],
  calledAs: ServeOptions['calledAs'] = 'npm start',
): Promise<number> => {
  const flags = new Command(calledAs === 'npm start' ? 'npm start --' : calledAs)
    .description('Brings up Postgres, Redis and Temporal, runs every job once, and serves until Ctrl-C.')
    .option('--once', 'end after the story; exit 0 only if all of it is true', false)
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.yes : EXIT.bad))
    .parse([...argv], { from: 'user' })
    .opts<Flags>();

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  onParentGone(() => stop.abort());

  const told = flags.json ? process.stderr : process.stdout;
  try {
    return await serve({
      calledAs,
      env: processEnv(),
      once: flags.once,
      signal: stop.signal,
      say: (line) => told.write(`${line}\n`),
      progressTo: told,
      report: (report) => {
        if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof ConfigurationError || error instanceof WouldLoseRows) return EXIT.bad;
    if (error instanceof StackUnavailable) return EXIT.no;
    throw error;
  }
};
