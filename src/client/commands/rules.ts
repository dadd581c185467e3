// `sexton rules [NAME]`, `rules set`, `rules reset`: the rules that monitors judge by, and what people set of them while
// they are at work. Whatever is set holds from the rule's next look on; `apply` keeps it.
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { readChanges } from '../../adapters/postgres/alerts/rule-overrides.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { type Catalog, findRule } from '../../catalog/catalog.ts';
import { parseDuration } from '../../domain/duration.ts';
import type { WhoFlags } from '../arguments.ts';
import { EXIT } from '../context.ts';
import { listRules } from '../rules/rule-list.ts';
import { ruleJson, rulesTable, ruleText } from '../rules/rule-words.ts';
import { resetFigures, setFigure, type Tuned, type TuneResult } from '../rules/tune.ts';
import { withPool } from '../with-pool.ts';

export interface RulesContext {
  readonly load: () => Promise<Catalog>;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}

/** Exit code 0, whatever state they are in: `incidents` asks whether anybody has to act. */
export const rules = async (
  { load, out }: RulesContext,
  name: string | undefined,
  { json }: Pick<WhoFlags, 'json'>,
): Promise<number> => {
  const catalog = await load();
  const only = name === undefined ? undefined : findRule(catalog, name);
  await withPool(catalog.home.url, async (home) => {
    const listed = await listRules(home, catalog);
    const [one] = listed.filter(({ id }) => id === only?.id);
    if (only && one) {
      const changes = await readChanges(home, { pack: only.monitor.pack, rule: only.name });
      out.write(`${json ? JSON.stringify({ ...ruleJson(one), changes }) : ruleText(one, changes)}\n`);
    } else if (json) out.write(`${JSON.stringify({ rules: listed.map(ruleJson) })}\n`);
    else out.write(`${listed.length === 0 ? 'no monitor declares a rule' : rulesTable(listed)}\n`);
  });
  return EXIT.yes;
};

export interface SetFlags extends WhoFlags {
  readonly reason: string;
  /** Seconds. */
  readonly for?: number;
}

const tellTuned = (
  { out, err }: RulesContext,
  id: string,
  {
    result,
    flags: { json, reason },
    by,
  }: { readonly result: TuneResult; readonly flags: SetFlags; readonly by: string },
): number => {
  if ('refused' in result) {
    if (json) out.write(`${JSON.stringify({ rule: id, refused: result.refused })}\n`);
    else err.write(`${result.refused}; nothing was changed\n`);
    return EXIT.bad;
  }
  const words = ({ field, from, to, until }: Tuned): string =>
    `${id}: ${field} ${from} → ${to}${until === null ? '' : ` until ${until}`}`;
  const text = [...result.changed.map(words), '  next: from its next look on; `apply` keeps it'].join('\n');
  out.write(`${json ? JSON.stringify({ rule: id, by, reason, changed: result.changed }) : text}\n`);
  return EXIT.yes;
};

export const setRule = async (
  context: RulesContext,
  { name, field, value }: { readonly name: string; readonly field: string; readonly value: string },
  flags: SetFlags,
): Promise<number> => {
  const catalog = await context.load();
  const rule = findRule(catalog, name);
  const { by = userInfo().username, reason, for: forSeconds } = flags;
  const wanted = { field, value, ...(forSeconds !== undefined && { forSeconds }) };
  const result = await withPool(catalog.home.url, (home) =>
    inTransaction(home, (tx) => setFigure(tx, { rule, by, reason }, wanted)),
  );
  return tellTuned(context, rule.id, { result, flags, by });
};

export const resetRule = async (
  context: RulesContext,
  { name, field }: { readonly name: string; readonly field: string | undefined },
  flags: SetFlags,
): Promise<number> => {
  const catalog = await context.load();
  const rule = findRule(catalog, name);
  const { by = userInfo().username, reason } = flags;
  const result = await withPool(catalog.home.url, (home) =>
    inTransaction(home, (tx) => resetFigures(tx, { rule, by, reason }, field)),
  );
  return tellTuned(context, rule.id, { result, flags, by });
};

const durationArgument = (text: string): number => {
  const seconds = parseDuration(text);
  if (!seconds) throw new InvalidArgumentError('must be a duration above 0, such as 12h or 7d.');
  return seconds;
};

const reasonArgument = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('must say why.');
  return text;
};

/** Adds `rules` with its commands to the program; the exit code goes to process.exitCode. */
export const registerRules = (program: Command, context: RulesContext): Command => {
  // What stands behind `set` and its like is theirs, `--json` too; the program, which parses first, must leave it alone.
  const command = program
    .enablePositionalOptions()
    .command('rules')
    .enablePositionalOptions()
    .argument('[rule]', 'id, or bare name while it is unique: also what may be set of it, and who set what')
    .description('list the rules that monitors judge by, how they stand, and what is set of them')
    .option('--json', 'one JSON object')
    .action(async (name: string | undefined, flags: WhoFlags) => {
      process.exitCode = await rules(context, name, flags);
    });
  command
    .command('set')
    .argument('<rule>', 'id, or bare name while it is unique')
    .argument('<figure>', 'as `sexton rules RULE` names them; the end is enough where it is unique: above')
    .argument('<value>', 'such as 40, 30m or high')
    .description('set one figure of a rule, from its next look on; refused where the rule would not be sound')
    .requiredOption('--reason <text>', 'why; stays to be read', reasonArgument)
    .option('--for <duration>', 'only for so long; default: until it is reset', durationArgument)
    .option('--by <name>', 'who asks; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (name: string, field: string, value: string, flags: SetFlags) => {
      process.exitCode = await setRule(context, { name, field, value }, flags);
    });
  command
    .command('reset')
    .argument('<rule>', 'id, or bare name while it is unique')
    .argument('[figure]', 'as it was set; without it, everything')
    .description('put back what is declared')
    .requiredOption('--reason <text>', 'why; stays to be read', reasonArgument)
    .option('--by <name>', 'who asks; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (name: string, field: string | undefined, flags: SetFlags) => {
      process.exitCode = await resetRule(context, { name, field }, flags);
    });
  return command;
};
