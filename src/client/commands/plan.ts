// `sexton plan`: what `apply` would do. Exit code 4 when there is something, 0 when there is nothing.
import type { Command } from 'commander';
import { type CommandContext, EXIT, inSession } from '../context.ts';
import { overridesOr } from '../rules/rule-list.ts';
import { renderDifference } from '../sync/render.ts';
import { withPool } from '../with-pool.ts';

/** Writes the differences and returns the exit code. */
export const plan = async (
  context: CommandContext,
  { json = false }: { readonly json?: boolean },
): Promise<number> => {
  const { findDifferences } = await import('../sync/sync.ts');
  const { differences, overrides } = await inSession(context, async (session) => ({
    differences: await findDifferences(session),
    overrides: await withPool(session.catalog.home.url, overridesOr),
  }));
  const orders = differences.map((difference) => renderDifference(difference, 'order'));
  const kept = overrides.map(
    ({ pack, rule, field, value, by }) => `keep rule ${pack}/rule/${rule}: ${field} ${value}, set by ${by}`,
  );
  const lines = json
    ? [JSON.stringify({ differences, ...(overrides.length > 0 && { overrides }) })]
    : [...(orders.length > 0 ? orders : ['nothing to do: all is as declared']), ...kept];
  context.out.write(`${lines.join('\n')}\n`);
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
