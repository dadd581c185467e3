// What sexton.config.ts and a pack.ts say that new files depend on.
import { SEVERITIES } from '../../src/domain/alerts/severity.ts';
import { refuse } from './refused.ts';
import { propertiesOf } from './source.ts';
import type { Tree } from './tree.ts';

export const CONFIG_FILE = 'sexton.config.ts';

/** Who is on call here: a role of the config file, or the log where it has none. */
export const someRole = (tree: Tree): string => {
  const roles = Object.keys(propertiesOf(tree.read(CONFIG_FILE), 'roles') ?? {});
  return roles.find((role) => role === 'on-call') ?? roles[0] ?? 'log';
};

const databasesOf = (tree: Tree, pack: string): Readonly<Record<string, string>> =>
  propertiesOf(tree.read(`packs/${pack}/pack.ts`), 'databases') ?? {};

/** The first database that a pack declares. */
export const firstDatabase = (tree: Tree, pack: string): string => {
  const [first] = Object.keys(databasesOf(tree, pack));
  return first ?? refuse(`packs/${pack}/pack.ts declares no database`);
};

/** The first one that jobs clean, so that it has an audit log; Sexton's own has none. */
export const firstTarget = (tree: Tree, pack: string): string => {
  const [first] = Object.entries(databasesOf(tree, pack)).find(([, code]) => !/\bhome:/.test(code)) ?? [];
  return first ?? refuse(`packs/${pack}/pack.ts declares no database but Sexton's own; write it by hand`);
};

/** Warning, else the mildest that leads anywhere; without routes everything leads to the log. */
export const routedSeverity = (tree: Tree, pack: string): string => {
  const path = `packs/${pack}/policies/index.ts`;
  const routes = tree.has(path) ? propertiesOf(tree.read(path), 'routes') : undefined;
  const led = SEVERITIES.filter((severity) => routes === undefined || routes[severity] !== undefined);
  const chosen = led.find((severity) => severity === 'warning') ?? led[0];
  return chosen ?? refuse(`${path} routes no severity, so the rule would reach nobody`);
};
