// Adds what packs bring to the program: `sexton <pack> <command> …`, arguments and options checked by their schemas.
import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { CatalogCommand } from '../../catalog/catalog.ts';
import { inWords } from '../../catalog/faults/zod.ts';
import { isOptional } from '../../catalog/schema/commands.ts';
import { type GivenFlags, type PackContext, runCommand } from './run-command.ts';

type Own = Extract<CatalogCommand['command'], { readonly run: unknown }>;
type ValueSchema = z.ZodType<unknown, string | undefined>;

const parserOf =
  (schema: ValueSchema) =>
  (text: string): unknown => {
    const parsed = schema.safeParse(text, { error: inWords });
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`${parsed.error.issues.map(({ message }) => message).join('; ')}.`);
  };

/** `sourceJob` → `source-job`. */
const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const leftOut = (schema: ValueSchema): unknown => schema.safeParse(undefined).data;

/** The summary, and what holds where nothing is typed. */
const summaryOf = (summary: string, schema: ValueSchema): string => {
  const otherwise = leftOut(schema);
  if (otherwise === undefined) return summary;
  return `${summary}; default: ${typeof otherwise === 'string' ? otherwise : JSON.stringify(otherwise)}`;
};

const addValues = (command: Command, { args, options }: Own): void => {
  for (const [name, { summary, value }] of Object.entries(args)) {
    const typed = isOptional(value) ? `[${dashed(name)}]` : `<${dashed(name)}>`;
    command.argument(typed, summaryOf(summary, value), parserOf(value));
  }
  for (const [name, option] of Object.entries(options)) {
    if ('flag' in option) command.option(`--${dashed(name)}`, option.summary);
    else {
      const { summary, value } = option;
      const typed = `--${dashed(name)} <${dashed(name)}>`;
      if (isOptional(value)) command.option(typed, summaryOf(summary, value), parserOf(value));
      else command.requiredOption(typed, summary, parserOf(value));
    }
  }
};

/** What was typed, and what holds where nothing was. */
const valuesOf = (
  { args, options }: Own,
  command: Command,
  typed: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const given = Object.entries(args).map(([name, { value }], place) => [
    name,
    command.processedArgs[place] ?? leftOut(value),
  ]);
  const chosen = Object.entries(options).map(([name, option]) => [
    name,
    'flag' in option ? typed[name] === true : (typed[name] ?? leftOut(option.value)),
  ]);
  return Object.fromEntries([...given, ...chosen]);
};

const addOwn = (command: Command, pack: PackContext, found: CatalogCommand, own: Own): void => {
  addValues(command, own);
  if (own.audited) command.option('--by <name>', 'who asks; default: the user of this terminal');
  if (own.confirm)
    command.option('--yes', 'do what is shown without asking; needed where there is no terminal');
  command.option('--json', `one JSON object${own.confirm ? '; needs --yes' : ''}`);
  command.action(async () => {
    const flags = command.opts<GivenFlags & Readonly<Record<string, unknown>>>();
    const values = valuesOf(own, command, flags);
    process.exitCode = await runCommand(pack, { command: found, own, values, flags });
  });
};

type Alias = Extract<CatalogCommand['command'], { readonly alias: unknown }>;

/** The command line that an alias stands for. */
export const aliasLine = ({ alias, words }: Alias, args: readonly string[]): readonly string[] => {
  const [first, ...rest] = args;
  if (first === undefined) return alias;
  return [...alias, Object.hasOwn(words, first) ? (words[first] ?? first) : first, ...rest];
};

/** Whatever follows is Sexton's own command's, its `--help` too. */
const addAlias = (command: Command, { again }: PackContext, alias: Alias): void => {
  command
    .helpOption(false)
    .allowUnknownOption()
    .argument('[args...]', 'as of that command')
    .action(() => again(aliasLine(alias, command.args)));
};

/** The command that groups others under one word, made where it is not there yet. */
const group = (parent: Command, word: string, description: string): Command =>
  parent.commands.find((each) => each.name() === word) ?? parent.command(word).description(description);

/** What follows a word in the commands of a pack. */
const under = (commands: readonly CatalogCommand[], pack: string, word: string): string =>
  commands
    .filter((each) => each.pack === pack)
    .flatMap(({ name }) => (name.startsWith(`${word} `) ? [name.slice(word.length + 1)] : []))
    .join(', ');

/** Adds one command a pack that brings any; Sexton's own names stay Sexton's. */
export const registerPackCommands = (program: Command, pack: PackContext): void => {
  const { packs, commands } = pack.catalog;
  const own = new Set(program.commands.map((each) => each.name()));
  for (const found of commands.filter((each) => !own.has(each.pack))) {
    const about = packs.find(({ name }) => name === found.pack)?.summary ?? `what ${found.pack} brings`;
    const path = found.name.split(' ');
    const last = path.pop() ?? found.name;
    const parent = path.reduce(
      (inner, word) => group(inner, word, `${word} …: ${under(commands, found.pack, word)}`),
      group(program, found.pack, about),
    );
    const command = parent.command(last);
    if ('alias' in found.command) {
      const { summary, alias } = found.command;
      command.description(`${summary} (\`sexton ${alias.join(' ')}\`)`);
      addAlias(command, pack, found.command);
    } else {
      command.description(found.command.summary);
      addOwn(command, pack, found, found.command);
    }
  }
};
