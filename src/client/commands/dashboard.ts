// `sexton dashboard`: which dashboards the gateway serves, switched on and off, and how often people open them.
import { userInfo } from 'node:os';
import Table from 'cli-table3';
import type { Command } from 'commander';
import {
  type DashboardUse,
  readDashboardUse,
  switchDashboard,
} from '../../adapters/postgres/dashboards/switches.ts';
import { type Catalog, type CatalogDashboard, findDashboard } from '../../catalog/catalog.ts';
import { panelsOf } from '../../domain/dashboards/dashboard.ts';
import type { WhoFlags } from '../arguments.ts';
import { EXIT } from '../context.ts';
import { withPool } from '../with-pool.ts';

export interface DashboardContext {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

const listed = ({ id, pack, name, dashboard }: CatalogDashboard, use: readonly DashboardUse[]) => {
  const own = use.find((each) => each.pack === pack && each.name === name);
  return {
    id,
    title: dashboard.title,
    panels: panelsOf(dashboard).length,
    isOn: own?.isOn ?? false,
    path: `/dashboards/${pack}/${name}`,
    switchedBy: own?.switchedBy ?? null,
    switchedAt: own?.switchedAt ?? null,
    daysOpened: own?.daysOpened ?? 0,
    views: own?.views ?? 0,
    lastOpenedAt: own?.lastOpenedAt ?? null,
  };
};

/** Every dashboard; days and views are of the last 30 days. */
export const listDashboards = async (
  { load, out }: DashboardContext,
  { json }: Pick<WhoFlags, 'json'>,
): Promise<number> => {
  const catalog = await load();
  const use = await withPool(catalog.home.url, readDashboardUse);
  const all = catalog.dashboards.map((each) => listed(each, use));
  if (json) out.write(`${JSON.stringify({ dashboards: all })}\n`);
  else {
    const table = new Table({
      head: ['dashboard', 'title', 'panels', 'is', 'days opened', 'views', 'last'],
      style: { head: [], border: [] },
    });
    for (const { id, title, panels, isOn, daysOpened, views, lastOpenedAt } of all)
      table.push([
        id,
        title,
        `${panels}`,
        isOn ? 'on' : 'off',
        `${daysOpened} of 30`,
        `${views}`,
        lastOpenedAt ?? '–',
      ]);
    out.write(`${all.length === 0 ? 'no pack declares a dashboard' : table.toString()}\n`);
  }
  return EXIT.yes;
};

export const setDashboard = async (
  { load, out }: DashboardContext,
  { name, isOn }: { readonly name: string; readonly isOn: boolean },
  { by = userInfo().username, json }: WhoFlags,
): Promise<number> => {
  const catalog = await load();
  const { id, ...found } = findDashboard(catalog, name);
  const changed = await withPool(catalog.home.url, (home) => switchDashboard(home, { ...found, isOn, by }));
  const path = `/dashboards/${found.pack}/${found.name}`;
  const words = `${id} ${changed ? 'is' : 'was already'} ${isOn ? `on: the gateway serves it at ${path}` : 'off'}`;
  out.write(json ? `${JSON.stringify({ dashboard: id, isOn, changed, path })}\n` : `${words}\n`);
  return EXIT.yes;
};

/** Adds `dashboard` with its commands to the program; the exit code goes to process.exitCode. */
export const registerDashboard = (program: Command, context: DashboardContext): void => {
  const command = program
    .command('dashboard')
    .description('dashboards that the gateway serves, and how often people open them')
    .option('--json', 'one JSON object')
    .action(async (flags: WhoFlags) => {
      process.exitCode = await listDashboards(context, flags);
    });
  for (const [word, isOn] of [
    ['on', true],
    ['off', false],
  ] as const)
    command
      .command(word)
      .argument('<dashboard>', 'id, or bare name while it is unique')
      .description(isOn ? 'serve it' : 'serve it no longer')
      .option('--by <name>', 'who asks; default: the user of this terminal')
      .option('--json', 'one JSON object')
      .action(async (name: string, flags: WhoFlags) => {
        process.exitCode = await setDashboard(context, { name, isOn }, flags);
      });
};
