// `sexton apply`: makes Temporal and Postgres what is declared. A second apply changes nothing.
import type { Command } from 'commander';
import { type CommandContext, EXIT, inSession } from '../context.ts';
import { renderDifference } from '../sync/render.ts';

/** Does and writes each difference as it is done; returns the exit code. */
export const apply = async (
  context: CommandContext,
  { json = false }: { readonly json?: boolean },
): Promise<number> => {
  const { applyDifferences } = await import('../sync/sync.ts');
  const differences = await inSession(context, (session) =>
    applyDifferences({
      ...session,
      onDone: (difference) => {
        if (!json) context.out.write(`${renderDifference(difference, 'past')}\n`);
      },
    }),
  );
  if (json) context.out.write(`${JSON.stringify({ differences })}\n`);
  else if (differences.length === 0) context.out.write('nothing to do: all is as declared\n');
  return EXIT.yes;
};

/** Adds `apply` to the program; the exit code goes to process.exitCode. */
export const registerApply = (program: Command, context: CommandContext): void => {
  program
    .command('apply')
    .description('make Temporal and Postgres what is declared')
    .option('--json', 'one JSON object')
    .action(async (options: { readonly json?: boolean }) => {
      process.exitCode = await apply(context, options);
    });
};
