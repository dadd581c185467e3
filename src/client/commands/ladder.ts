// `sexton ladder POLICY`: who hears what, before it ever happens; with an instant minute by minute, with whoever is on
// call then. Changes nothing; asks the home database for overrides only where there are rotations.
import type { Command } from 'commander';
import { Option } from 'commander';
import { type RunTimeOverrides, rotationsOf } from '../../activities/alerts/on-call.ts';
import { readOverrides } from '../../adapters/postgres/alerts/on-call-overrides.ts';
import { type Catalog, type CatalogPolicy, findPolicy } from '../../catalog/catalog.ts';
import {
  columns,
  delayText,
  ladderLines,
  ladderText,
  policyNotes,
  tellsText,
} from '../../domain/alerts/ladder-text.ts';
import { SEVERITIES, type Severity } from '../../domain/alerts/severity.ts';
import { instantArgument } from '../arguments.ts';
import { EXIT } from '../context.ts';
import { type PreviewLine, previewLadder } from '../ladder-preview.ts';
import { withPool } from '../with-pool.ts';

interface LadderContext {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

interface LadderFlags {
  readonly json?: boolean;
  /** First firing; with it the ladder is played from then on. */
  readonly at?: Date;
  readonly severity: Severity;
  readonly ackAt?: Date;
  readonly snoozeAt?: Date;
}

const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

const lineText = ({ tells, marks, reason, held }: PreviewLine): string =>
  [
    ...(held === undefined
      ? []
      : [
          `waits: ${held.reason}${held.until === undefined ? '' : `, until ${instant(Date.parse(held.until))}`}`,
        ]),
    ...(tells.length > 0 ? [tellsText(tells)] : []),
    ...marks.map((mark) => `marks ${mark}`),
    ...(reason === undefined ? [] : [`(${reason})`]),
  ].join(', ');

const played = async (catalog: Catalog, { snapshot }: CatalogPolicy, at: Date, flags: LadderFlags) => {
  const { directory, home } = catalog;
  const rotations = rotationsOf(
    directory,
    snapshot.tiers.flatMap(({ notify }) => notify),
  );
  const overrides: RunTimeOverrides =
    rotations.length === 0
      ? {}
      : await withPool(home.url, (pool) => readOverrides(pool, rotations, at.toISOString()));
  const { severity, ackAt, snoozeAt } = flags;
  return previewLadder({
    policy: snapshot,
    directory,
    overrides,
    atMs: at.getTime(),
    severity,
    ackAtMs: ackAt?.getTime(),
    snoozeAtMs: snoozeAt?.getTime(),
  });
};

/** Writes the ladder and returns the exit code; rejects with UnknownNameError. */
const ladder = async ({ load, out }: LadderContext, name: string, flags: LadderFlags): Promise<number> => {
  const { json = false, at } = flags;
  const catalog = await load();
  const policy = findPolicy(catalog, name);
  const { id, snapshot } = policy;
  const lines = at && (await played(catalog, policy, at, flags));
  if (json) {
    const tiers = ladderLines(snapshot).map((line) => ({
      ...line,
      ...(at === undefined ? {} : { at: instant(at.getTime() + line.afterSeconds * 1000) }),
    }));
    const { ackExpiresSeconds = null, degradedRouting = false } = snapshot;
    const preview = lines?.map(({ atMs, ...line }) => ({ at: instant(atMs), ...line }));
    out.write(
      `${JSON.stringify({ policy: id, tiers, ackExpiresSeconds, degradedRouting, ...(preview && { preview }) })}\n`,
    );
    return EXIT.yes;
  }
  const rows = lines?.map((line) => [
    instant(line.atMs),
    delayText((line.atMs - (at?.getTime() ?? 0)) / 1000),
    line.tier,
    lineText(line),
  ]);
  const text = rows
    ? [...columns(rows).map((row) => row.trimEnd()), ...policyNotes(snapshot)]
    : ladderText(snapshot);
  out.write(`${[id, ...text.map((line) => `  ${line}`)].join('\n')}\n`);
  return EXIT.yes;
};

/** Adds `ladder` to the program; the exit code goes to process.exitCode. */
export const registerLadder = (program: Command, context: LadderContext): void => {
  program
    .command('ladder')
    .argument('<policy>', 'id, or bare name while it is unique')
    .description(
      'show who hears what under a policy; with --at minute by minute, for a day after its last tier',
    )
    .option('--at <instant>', 'when it first fires; with whoever is on call then', instantArgument)
    .addOption(
      new Option('--severity <severity>', 'which fires, for quiet hours')
        .choices(SEVERITIES)
        .default('warning'),
    )
    .option('--ack-at <instant>', 'with --at: somebody acknowledges it then', instantArgument)
    .option('--snooze-at <instant>', 'with --at: somebody snoozes it for 1h then', instantArgument)
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: LadderFlags) => {
      process.exitCode = await ladder(context, name, flags);
    });
};
