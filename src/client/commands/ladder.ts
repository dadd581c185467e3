// `sexton ladder POLICY`: minute by minute who hears what, before it ever happens. Asks nobody, changes nothing.
import type { Command } from 'commander';
import { type Catalog, findPolicy } from '../../catalog/catalog.ts';
import { ladderLines, ladderText } from '../../domain/alerts/ladder-text.ts';
import { instantArgument } from '../arguments.ts';
import { EXIT } from '../context.ts';

/** The catalog is enough: no connection is made. */
interface LadderContext {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

interface LadderFlags {
  readonly json?: boolean;
  /** First firing; with it every tier is shown with its instant. */
  readonly at?: Date;
}

const instant = (at: Date, afterSeconds: number): string =>
  new Date(at.getTime() + afterSeconds * 1000).toISOString().replace('.000Z', 'Z');

/** Writes the ladder and returns the exit code; rejects with UnknownNameError. */
const ladder = async (
  { load, out }: LadderContext,
  name: string,
  { json = false, at }: LadderFlags,
): Promise<number> => {
  const { id, snapshot } = findPolicy(await load(), name);
  if (json) {
    const tiers = ladderLines(snapshot).map((line) => ({
      ...line,
      ...(at === undefined ? {} : { at: instant(at, line.afterSeconds) }),
    }));
    const { ackExpiresSeconds = null, degradedRouting = false } = snapshot;
    out.write(`${JSON.stringify({ policy: id, tiers, ackExpiresSeconds, degradedRouting })}\n`);
  } else {
    const clock = (seconds: number) => (at === undefined ? undefined : instant(at, seconds));
    out.write(`${[id, ...ladderText(snapshot, clock).map((line) => `  ${line}`)].join('\n')}\n`);
  }
  return EXIT.yes;
};

/** Adds `ladder` to the program; the exit code goes to process.exitCode. */
export const registerLadder = (program: Command, context: LadderContext): void => {
  program
    .command('ladder')
    .argument('<policy>', 'id, or bare name while it is unique')
    .description('show minute by minute who hears what under a policy')
    .option('--at <instant>', 'when it first fires; shows each tier’s instant', instantArgument)
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: LadderFlags) => {
      process.exitCode = await ladder(context, name, flags);
    });
};
