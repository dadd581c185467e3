// `sexton oncall [ROLE]`: who is woken now and in the days to come; `oncall override` puts somebody else in for a while.
import Table from 'cli-table3';
import type { Command } from 'commander';
import { rotationsOf, type Shift, shiftAt, shiftsBetween } from '../../activities/alerts/on-call.ts';
import { type RecordedOverride, readOverrides } from '../../adapters/postgres/alerts/on-call-overrides.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { instantWords } from '../../catalog/wall-clock.ts';
import type { Directory, Rotation } from '../../domain/alerts/on-call.ts';
import { instantArgument } from '../arguments.ts';
import { EXIT } from '../context.ts';
import { knownName } from '../known-name.ts';
import { withPool } from '../with-pool.ts';
import { registerOverrides } from './oncall-override.ts';

export interface OnCallContext {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

interface ShowFlags {
  readonly at?: Date;
  readonly days: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;

/** Every rotation, or those that a role or a rotation's own name leads to. */
const wanted = (directory: Directory, name: string | undefined): readonly Rotation[] => {
  if (name === undefined) return Object.values(directory.rotations);
  knownName('role or rotation', { ...directory.roles, ...directory.rotations }, name);
  return rotationsOf(directory, [name]).flatMap((each) => directory.rotations[each] ?? []);
};

const shiftText = ({ person = 'nobody', insteadOf }: Shift): string =>
  insteadOf === undefined ? person : `${person} for ${insteadOf}`;

const tableOf = (rotation: Rotation, shifts: readonly Shift[], atMs: number): string => {
  const table = new Table({ head: ['from', 'until', 'on call'], style: { head: [], border: [] } });
  for (const shift of shifts) {
    const now = shift.fromMs <= atMs && atMs < shift.untilMs ? ' ←' : '';
    const from = Number.isFinite(shift.fromMs) ? instantWords(rotation.zone, shift.fromMs) : 'ever';
    table.push([from, instantWords(rotation.zone, shift.untilMs), `${shiftText(shift)}${now}`]);
  }
  return `${rotation.name}: ${shiftText(shiftAt(rotation, atMs))}\n${table.toString()}`;
};

const instant = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);

/** Writes who is on call and returns the exit code. */
const showOnCall = async (
  { load, out }: OnCallContext,
  name: string | undefined,
  { at = new Date(), days, json = false }: ShowFlags,
): Promise<number> => {
  const { directory, home } = await load();
  const rotations = wanted(directory, name);
  const span = Math.min(Math.max(1, Number(days) || 1), MOST_DAYS) * DAY_MS;
  const [fromMs, untilMs] = [at.getTime(), at.getTime() + span];
  const names = rotations.map((each) => each.name);
  const overrides: Readonly<Record<string, readonly RecordedOverride[]>> =
    names.length === 0
      ? {}
      : await withPool(home.url, (pool) => readOverrides(pool, names, at.toISOString()));
  const found = rotations.map((rotation) => {
    const made = overrides[rotation.name] ?? [];
    return { rotation: { ...rotation, overrides: [...made, ...rotation.overrides] }, made };
  });
  const shifts = (rotation: Rotation) => shiftsBetween(rotation, { fromMs, untilMs });
  if (json) {
    const rows = found.map(({ rotation, made }) => ({
      rotation: rotation.name,
      zone: rotation.zone,
      shifts: shifts(rotation).map(({ fromMs: from, untilMs: until, ...rest }) => ({
        ...rest,
        from: instant(from),
        until: instant(until),
      })),
      overrides: made.map(({ fromMs: from, untilMs: until, ...rest }) => ({
        ...rest,
        from: instant(from),
        until: instant(until),
      })),
    }));
    out.write(`${JSON.stringify(rows)}\n`);
    return EXIT.yes;
  }
  const parts = found.flatMap(({ rotation, made }) => [
    tableOf(rotation, shifts(rotation), fromMs),
    ...made.map(
      ({ id, person, by, reason, fromMs: from, untilMs: until }) =>
        `override ${id}: ${person} from ${instantWords(rotation.zone, from)} until ${instantWords(rotation.zone, until)}, by ${by}${reason === null ? '' : `: ${reason}`}`,
    ),
  ]);
  out.write(`${parts.length > 0 ? parts.join('\n') : 'no rotation'}\n`);
  return EXIT.yes;
};

/** Adds `oncall` to the program; the exit code goes to process.exitCode. */
export const registerOnCall = (program: Command, context: OnCallContext): void => {
  const onCall = program.command('oncall').description('who is woken, now and in the days to come');
  onCall
    .command('show', { isDefault: true })
    .argument('[role]', 'role or rotation; default: every rotation')
    .description('the shifts of rotations, with overrides')
    .option('--at <instant>', 'from then on; default: now', instantArgument)
    .option('--days <number>', 'so many days', '14')
    .option('--json', 'one JSON list')
    .action(async (role: string | undefined, flags: ShowFlags) => {
      process.exitCode = await showOnCall(context, role, flags);
    });
  registerOverrides(onCall, context);
};
