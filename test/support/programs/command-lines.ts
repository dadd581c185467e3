// Command lines as pages document them, held against the command line that there is. Nothing is run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import config from '../../../sexton.config.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { createProgram } from '../../../src/client/main.ts';
import { aliasLine } from '../../../src/client/pack-commands/register.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export const readPage = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Words as a shell would split them; a comment at the end of a line is none of them. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.replace(/\s#\s.*$/, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, a, b, c]) => a ?? b ?? c ?? '',
  );

/** `JOB`, `ID`, `org:ID`, `…`: what stands for something is not checked as one. */
const standsFor = (word: string): boolean => /^([a-z]+:)?[A-Z][A-Z-]*$/.test(word) || word === '…';

/** What lies in backquotes on one line, and every line of a fenced block. */
export const codeIn = (text: string): readonly string[] => {
  const blocks = [...text.matchAll(/^```[a-z]*\n(.*?)^```$/gms)].flatMap(
    ([, block]) => block?.split('\n') ?? [],
  );
  const spans = [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, span]) => span ?? '',
  );
  return [...blocks, ...spans.map((span) => span.replaceAll('\\|', '|'))];
};

/** Every `sexton …` of a page, with or without `npx` and variables before it, as what follows `sexton`. */
export const commandsIn = (page: string): readonly string[] =>
  codeIn(readPage(page)).flatMap((code) => {
    const [, line] = /^(?:[A-Z_]+=\S+ )*(?:npx )?sexton (\S.*)$/.exec(code.trim()) ?? [];
    return line === undefined ? [] : [line];
  });

export interface CommandLine {
  readonly catalog: Catalog;
  /** What is wrong with a line's words; undefined where it could be typed as it is. */
  readonly faultOf: (words: readonly string[]) => string | undefined;
  /** The name of a command and nothing more: that text speaks of it, and needs no arguments. */
  readonly isName: (words: readonly string[]) => boolean;
  /** Things that it names and that nothing declares. */
  readonly unknownNames: (words: readonly string[]) => readonly string[];
}

export const openCommandLine = (): CommandLine => {
  const env = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
  const catalog = assembleCatalog(checkConfig(config, 'sexton.config.ts', env), env);
  const program = createProgram(env, catalog);

  const faultOf = (words: readonly string[]): string | undefined => {
    let command = program;
    let left = words;
    for (;;) {
      const next = command.commands.find((each) => each.name() === left[0]);
      if (!next) break;
      command = next;
      left = left.slice(1);
    }
    const path = words.slice(0, words.length - left.length);
    const usual = command.commands.find(
      (each) => each.name() === Reflect.get(command, '_defaultCommandName'),
    );
    if (usual) return faultOfValues(usual, left);
    if (path.length > 0 && left[0] === '--help') return undefined;
    // A word that only groups others does nothing by itself.
    if (typeof Reflect.get(command, '_actionHandler') !== 'function')
      return `no command ${[...path, left[0] ?? ''].join(' ')}`;
    const [pack = '', ...name] = path;
    const own = catalog.commands.find((each) => each.pack === pack && each.name === name.join(' '))?.command;
    if (own && 'alias' in own) return faultOf(aliasLine(own, left));
    return faultOfValues(command, left);
  };

  const isName = (words: readonly string[]): boolean => {
    const named = words.reduce<Command | undefined>(
      (command, word) => command?.commands.find((each) => each.name() === word),
      program,
    );
    return named !== undefined && named !== program;
  };

  const unknownNames = (words: readonly string[]): readonly string[] => {
    const [verb = '', first = ''] = words;
    const jobs = catalog.jobs.map(({ name }) => name);
    const monitors = catalog.monitors.map(({ name }) => name);
    const checks = catalog.checks.map(({ name }) => name);
    const known: Readonly<Record<string, readonly string[]>> = {
      report: catalog.reports.flatMap(({ name, report }) => [name, String(report.number ?? '')]),
      run: [...jobs, ...monitors, ...checks],
      health: checks,
      diagnose: jobs,
      retry: jobs,
      stop: jobs,
      runbook: catalog.runbooks.map(({ name }) => name),
    };
    const names = known[verb];
    if (!names || first === '' || first.startsWith('--') || standsFor(first)) return [];
    return names.includes(first) ? [] : [`${verb} ${first}`];
  };

  return { catalog, faultOf, isName, unknownNames };
};

const faultOfValues = (command: Command, words: readonly string[]): string | undefined => {
  const end = words.indexOf('--');
  const flagged = end < 0 ? words : words.slice(0, end);
  const given: string[] = end < 0 ? [] : words.slice(end + 1);
  for (let place = 0; place < flagged.length; place += 1) {
    const word = flagged[place] ?? '';
    if (!word.startsWith('--')) {
      given.push(word);
      continue;
    }
    const option = command.options.find(({ long }) => long === word);
    if (!option) return `${command.name()} has no option ${word}`;
    if (!option.required) continue;
    place += 1;
    const value = flagged[place];
    if (value === undefined) return `${word} needs a value`;
    const fault = standsFor(value) ? undefined : parsed(() => option.parseArg?.(value, undefined));
    if (fault !== undefined) return `${word} ${value}: ${fault}`;
  }
  const args = command.registeredArguments;
  const needed = args.filter(({ required }) => required).length;
  if (given.length < needed) return `${command.name()} needs ${args.map((each) => each.name()).join(', ')}`;
  if (given.length > args.length && !args.at(-1)?.variadic)
    return `${command.name()} takes no ${given.at(-1)}`;
  const mandatory = command.options.find(
    ({ mandatory: must, long }) => must && !flagged.includes(long ?? ''),
  );
  if (mandatory) return `${command.name()} needs ${mandatory.long}`;
  for (const [place, word] of given.entries()) {
    const argument = args[place] ?? args.at(-1);
    const fault = standsFor(word) ? undefined : parsed(() => argument?.parseArg?.(word, undefined as never));
    if (fault !== undefined) return `${argument?.name()} ${word}: ${fault}`;
  }
  return undefined;
};

const parsed = (parse: () => unknown): string | undefined => {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
