// `sexton plan`: what `apply` would do. Exit code 4 when there is something, 0 when there is nothing.
import type { Command } from 'commander';
import { type CommandContext, EXIT, inSession } from '../context.ts';
import { renderDifference } from '../sync/render.ts';

/** Writes the differences and returns the exit code. */
export const plan = async (
  context: CommandContext,
  { json = false }: { readonly json?: boolean },
): Promise<number> => {
  const { findDifferences } = await import('../sync/sync.ts');
  const differences = await inSession(context, findDifferences);
  const lines = json
    ? [JSON.stringify({ differences })]
    : differences.map((difference) => renderDifference(difference, 'order'));
  context.out.write(`${lines.length > 0 ? lines.join('\n') : 'nothing to do: all is as declared'}\n`);
  return differences.length > 0 ? EXIT.differences : EXIT.yes;
};

/** Adds `plan` to the program; the exit code goes to process.exitCode. */
export const registerPlan = (program: Command, context: CommandContext): void => {
  program
    .command('plan')
    .description('show how Temporal and Postgres differ from what is declared')
    .option('--json', 'one JSON object')
    .action(async (options: { readonly json?: boolean }) => {
      process.exitCode = await plan(context, options);
    });
};
