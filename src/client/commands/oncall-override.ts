// `sexton oncall override` and `oncall withdraw`: somebody stands in for a while, and who decided it.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { addOverride, withdrawOverride } from '../../adapters/postgres/alerts/on-call-overrides.ts';
import { UnknownNameError } from '../../catalog/catalog.ts';
import { momentOf } from '../../catalog/moment.ts';
import { instantWords } from '../../catalog/wall-clock.ts';
import { EXIT } from '../context.ts';
import { knownName } from '../known-name.ts';
import { withPool } from '../with-pool.ts';
import type { OnCallContext } from './oncall.ts';

interface OverrideFlags {
  readonly person: string;
  readonly from?: string;
  readonly until: string;
  readonly by?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

interface WithdrawFlags {
  readonly by?: string;
  readonly json?: boolean;
}

const moment = (flag: string, text: string, zone: string): Date => {
  const found = momentOf({ text, zone, atMs: Date.now() });
  if ('fault' in found) throw new UnknownNameError(`${flag} ${found.fault}, got ${text}`, []);
  return new Date(found.ms);
};

const override = async (
  { load, out }: OnCallContext,
  name: string,
  flags: OverrideFlags,
): Promise<number> => {
  const { directory, home } = await load();
  const { zone } = knownName('rotation', directory.rotations, name);
  const { person, by = userInfo().username, reason, json } = flags;
  knownName('person', directory.people, person);
  const from = moment('--from', flags.from ?? '0s', zone);
  const until = moment('--until', flags.until, zone);
  if (until <= from) throw new UnknownNameError('--until must be after --from', []);
  const id = await withPool(home.url, (pool) =>
    addOverride(pool, { rotation: name, person, from, until, by, reason }),
  );
  const [start, end] = [from, until].map((each) => instantWords(zone, each.getTime()));
  const text = `override ${id}: ${person} has ${name} from ${start} until ${end}`;
  out.write(`${json ? JSON.stringify({ id, rotation: name, person, from, until, by }) : text}\n`);
  return EXIT.yes;
};

const withdraw = async (
  { load, out }: OnCallContext,
  id: string,
  { by = userInfo().username, json }: WithdrawFlags,
): Promise<number> => {
  const { home } = await load();
  const done = await withPool(home.url, (pool) => withdrawOverride(pool, Number(id) || 0, by));
  const text = done ? `override ${id}: withdrawn by ${by}` : `no override ${id} that is in force`;
  out.write(`${json ? JSON.stringify({ id, withdrawn: done, by }) : text}\n`);
  return done ? EXIT.yes : EXIT.no;
};

/** Adds both to `oncall`. */
export const registerOverrides = (onCall: Command, context: OnCallContext): void => {
  onCall
    .command('override')
    .argument('<rotation>', 'its name, as oncall shows it')
    .description("put somebody in for a while, whoever's turn it is")
    .requiredOption('--person <name>', 'one of people')
    .option('--from <time>', "such as '2026-12-24 09:00' on the rotation's clock; default: now")
    .requiredOption('--until <time>', "such as 'tomorrow 09:00', 2d or an instant")
    .option('--by <name>', 'who decides it; default: the user of this terminal')
    .option('--reason <text>', 'is kept with it')
    .option('--json', 'one JSON object')
    .action(async (rotation: string, flags: OverrideFlags) => {
      process.exitCode = await override(context, rotation, flags);
    });
  onCall
    .command('withdraw')
    .argument('<override>', 'its number, as oncall shows it')
    .description('end an override now; what it was stays on record')
    .option('--by <name>', 'who decides it; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (id: string, flags: WithdrawFlags) => {
      process.exitCode = await withdraw(context, id, flags);
    });
};
