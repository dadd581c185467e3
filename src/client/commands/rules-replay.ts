// `sexton rules replay RULE`: when a rule would have fired, by the stored values of its measures. Changes nothing and
// tells nobody; with `--with` it is tried with other figures before they are set.
import { type Command, InvalidArgumentError } from 'commander';
import { readOverrides } from '../../adapters/postgres/alerts/rule-overrides.ts';
import { type CatalogRule, findRule } from '../../catalog/catalog.ts';
import { parseDuration } from '../../domain/duration.ts';
import type { MonitorRule } from '../../domain/monitors/monitor.ts';
import type { RuleOverride } from '../../domain/monitors/overrides.ts';
import type { ReplayEvent } from '../../domain/monitors/replay.ts';
import { findTunable } from '../../domain/monitors/tunable.ts';
import { EXIT } from '../context.ts';
import { type Replayed, replayRule } from '../rules/replay-rule.ts';
import { inForce } from '../rules/rule-list.ts';
import { withPool } from '../with-pool.ts';
import type { RulesContext } from './rules.ts';

interface Figure {
  readonly field: string;
  readonly value: string;
}

export interface ReplayFlags {
  /** Seconds. */
  readonly since?: number;
  readonly with?: readonly Figure[];
  readonly json?: boolean;
}

const WEEK_SECONDS = 7 * 86_400;

/** The rule in force, with other figures where they are to be tried; a text says why they cannot be. */
const tried = (
  declared: CatalogRule,
  overrides: readonly RuleOverride[],
  figures: readonly Figure[],
): MonitorRule | string => {
  const { rule } = inForce(declared, overrides);
  const wanted: RuleOverride[] = [];
  for (const { field, value } of figures) {
    const found = findTunable(rule, field);
    const [only] = found;
    if (!only || found.length > 1) return `${declared.name} has no one figure ${field}`;
    const { pack } = declared.monitor;
    wanted.push({ pack, rule: declared.name, field: only.field, value, by: '', reason: '', since: '' });
  }
  const own = overrides.filter(({ field }) => wanted.every((each) => each.field !== field));
  const after = inForce(declared, [...own, ...wanted]);
  return after.refused[0]?.reason ?? after.rule;
};

const WHAT: Readonly<Record<ReplayEvent['what'], string>> = {
  fires: 'fires',
  changes: 'becomes',
  over: 'is over',
};

const line = ({ tick, what, labels, severity, summary }: ReplayEvent): string => {
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const whose = named.length > 0 ? ` {${named.join(', ')}}` : '';
  return `${tick} ${WHAT[what]}${what === 'over' ? '' : ` ${severity}`}${whose}: ${summary}`;
};

const text = (id: string, { from, to, ticks, events }: Replayed): string => {
  if (ticks === 0) return `${id}: no stored values; is its monitor evaluated?`;
  const times = events.filter(({ what }) => what === 'fires').length;
  const span = `${ticks} ticks from ${from} to ${to}`;
  return [
    `${id}: would have fired ${times} time${times === 1 ? '' : 's'} in ${span}`,
    ...events.map(line),
  ].join('\n');
};

export const replayOf = async (
  { load, out, err }: RulesContext,
  name: string,
  { since = WEEK_SECONDS, with: figures = [], json }: ReplayFlags,
): Promise<number> => {
  const catalog = await load();
  const declared = findRule(catalog, name);
  const { monitor } = declared;
  const replayed = await withPool(catalog.home.url, async (home) => {
    const rule = tried(declared, await readOverrides(home, monitor.pack), figures);
    return typeof rule === 'string' ? rule : replayRule(home, { monitor, rule, sinceSeconds: since });
  });
  if (typeof replayed === 'string') {
    err.write(`${replayed}\n`);
    return EXIT.bad;
  }
  out.write(`${json ? JSON.stringify({ rule: declared.id, ...replayed }) : text(declared.id, replayed)}\n`);
  return EXIT.yes;
};

const sinceArgument = (value: string): number => {
  const seconds = parseDuration(value);
  if (!seconds) throw new InvalidArgumentError('must be a duration above 0, such as 12h or 7d.');
  return seconds;
};

const figureArgument = (value: string, before: readonly Figure[] = []): readonly Figure[] => {
  const [, field, figure] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (field === undefined || figure === undefined)
    throw new InvalidArgumentError('must be a figure and a value, such as above=40.');
  return [...before, { field, value: figure }];
};

/** Adds `replay` to the command `rules`; the exit code goes to process.exitCode. */
export const registerRulesReplay = (rules: Command, context: RulesContext): void => {
  rules
    .command('replay')
    .argument('<rule>', 'id, or bare name while it is unique')
    .description('show when a rule would have fired, by the stored values; changes nothing, tells nobody')
    .option('--since <duration>', 'how far back (default 7d)', sinceArgument)
    .option('--with <figure=value>', 'try another figure; may be given again', figureArgument)
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: ReplayFlags) => {
      process.exitCode = await replayOf(context, name, flags);
    });
};
