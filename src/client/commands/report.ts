// `sexton report`: named questions to the packs' databases. Without a name it lists them. Exit code 0 whatever they find:
// `incidents` and `health` ask whether anybody has to act.
import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ParamError } from '../../activities/reports/run-report.ts';
import { storeReport } from '../../adapters/postgres/reports/stored.ts';
import type { Catalog, CatalogReport } from '../../catalog/catalog.ts';
import { budgetWords, type ReportAnswer } from '../../domain/reports/answer.ts';
import { chartModel } from '../../domain/reports/chart.ts';
import { answerCsv, answerJson } from '../../domain/reports/forms.ts';
import { answerText } from '../../domain/reports/render.ts';
import { KEEP_SECONDS, storedOf } from '../../domain/reports/stored.ts';
import { chartSvg } from '../../domain/reports/svg.ts';
import { type CommandContext, EXIT } from '../context.ts';
import { chooseReport, reportsIn } from '../reports/find-reports.ts';
import { withReports } from '../reports/open-reports.ts';
import { sqlOf, sqlOfPack } from '../reports/report-sql.ts';
import { storedAnswer, storedLines } from '../reports/stored-reports.ts';
import { withPool } from '../with-pool.ts';

export interface ReportContext extends CommandContext {
  readonly load: () => Promise<Catalog>;
}

const FORMATS = ['table', 'csv', 'json', 'svg'] as const;

export interface ReportFlags {
  readonly pack?: string;
  readonly format?: (typeof FORMATS)[number];
  readonly json?: boolean;
  readonly param?: Readonly<Record<string, string>>;
  readonly store?: boolean;
  readonly sql?: boolean;
  /** List the answers that were kept. */
  readonly stored?: boolean;
  /** Number of one that was kept. */
  readonly answer?: number;
  /** File, or `-` for standard output. */
  readonly export?: string;
}

const listed = (reports: readonly CatalogReport[]): string => {
  const width = Math.max(0, ...reports.map(({ id }) => id.length));
  return reports
    .map(
      ({ id, report: { number, title } }) =>
        `${String(number ?? '').padStart(3)}  ${id.padEnd(width)}  ${title}\n`,
    )
    .join('');
};

const list = ({ out }: ReportContext, reports: readonly CatalogReport[], json: boolean): number => {
  const shown = reports.map(({ id, pack, name, report }) => {
    const { number, title, purpose, database, budgetMs, params, columns } = report;
    const named = columns.map((column) => column.name);
    return {
      id,
      pack,
      name,
      number: number ?? null,
      title,
      purpose,
      database,
      budgetMs,
      params,
      columns: named,
    };
  });
  out.write(
    json ? `${JSON.stringify({ reports: shown })}\n` : listed(reports) || 'no pack declares a report\n',
  );
  return EXIT.yes;
};

/** What a program on the other end of the pipe takes; for people and CSV alike, warnings go beside it. */
const formed = (format: ReportFlags['format'], answers: readonly ReportAnswer[]): string => {
  if (format === 'json') {
    const [only, ...more] = answers.map(answerJson);
    return `${JSON.stringify(more.length === 0 ? only : { reports: [only, ...more] })}\n`;
  }
  if (format === 'csv') return answers.map(answerCsv).join('\r\n');
  return answers.map((answer) => `${answerText(answer)}\n`).join('\n');
};

const svgOf = (answers: readonly ReportAnswer[]): string | undefined => {
  const [only, ...more] = answers;
  const model = only && more.length === 0 ? chartModel(only) : undefined;
  return model && `${chartSvg(model)}\n`;
};

const ask = async (
  context: ReportContext,
  { catalog, reports, flags }: { catalog: Catalog; reports: readonly CatalogReport[]; flags: ReportFlags },
): Promise<number> => {
  const { out, err } = context;
  const format = flags.json ? 'json' : flags.format;
  const tellSlow = (answer: ReportAnswer): void => {
    err.write(`${answer.report} ${budgetWords(answer)}\n`);
  };
  const answers = await withReports({ context, catalog, reports, tellSlow }, async (run) => {
    const found: ReportAnswer[] = [];
    for (const report of reports) found.push(await run({ report, params: flags.param ?? {} }));
    return found;
  });
  const text = format === 'svg' ? svgOf(answers) : formed(format, answers);
  if (text === undefined) {
    err.write('svg shows one report that has a chart and something to show in it\n');
    return EXIT.bad;
  }
  if (format === 'csv') for (const line of answers.flatMap(({ lines }) => lines)) err.write(`${line}\n`);
  if (flags.store)
    await withPool(catalog.home.url, async (home) => {
      for (const answer of answers) {
        const id = await storeReport(home, storedOf(answer), KEEP_SECONDS);
        err.write(`${answer.report} stored as ${id}\n`);
      }
    });
  out.write(text);
  return EXIT.yes;
};

const exported = async ({ out }: ReportContext, file: string, text: string): Promise<number> => {
  if (file === '-') out.write(text);
  else await writeFile(file, text);
  return EXIT.yes;
};

export const report = async (
  context: ReportContext,
  names: readonly string[],
  flags: ReportFlags,
): Promise<number> => {
  const catalog = await context.load();
  const all = reportsIn(catalog, flags.pack);
  if (flags.export !== undefined) {
    if (flags.pack === undefined) {
      context.err.write('--export writes the reports of one pack: name it with --pack\n');
      return EXIT.bad;
    }
    return exported(context, flags.export, sqlOfPack(catalog, flags.pack, all));
  }
  if (flags.answer !== undefined) {
    context.out.write(await storedAnswer(catalog, flags.answer));
    return EXIT.yes;
  }
  const reports = names.map((name) => chooseReport(all, name));
  if (flags.stored) {
    const lines = await storedLines(catalog, reports.length > 0 ? reports : all);
    context.out.write(lines || 'no answer is stored; `--store` keeps one\n');
    return EXIT.yes;
  }
  if (flags.sql) {
    const wanted = reports.length > 0 ? reports : all;
    context.out.write(`${wanted.map((each) => sqlOf(catalog, each)).join('\n\n')}\n`);
    return EXIT.yes;
  }
  if (reports.length === 0) return list(context, all, flags.json ?? flags.format === 'json');
  try {
    return await ask(context, { catalog, reports, flags });
  } catch (error) {
    if (!(error instanceof ParamError)) throw error;
    context.err.write(`${error.message}\n`);
    return EXIT.bad;
  }
};

const paramArgument = (text: string, before: Readonly<Record<string, string>> = {}) => {
  const [, name, value] = /^([a-z][a-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('must be a name and a value, such as limit=5.');
  return { ...before, [name]: value };
};

const numberArgument = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be the number of an answer; `--stored` lists them.');
};

/** Adds `report` to the program; the exit code goes to process.exitCode. */
export const registerReport = (program: Command, context: ReportContext): void => {
  program
    .command('report')
    .argument('[names...]', 'by name, id or number; without one, all are listed')
    .description('ask a report, read-only: rows, limits, and what to make of them')
    .option('--pack <pack>', 'only those of this pack')
    .addOption(new Option('--format <format>', 'how rows are shown').choices([...FORMATS]).default('table'))
    .option('--json', 'the same as --format json')
    .option('--param <name=value>', 'value of a parameter; may be given again', paramArgument)
    .option('--store', 'keep the answer, for 24 months')
    .option('--stored', 'list the answers that were kept, with their numbers')
    .option('--answer <number>', 'show one that was kept, as JSON', numberArgument)
    .option('--sql', 'show the statement instead, as commented plain SQL')
    .option('--export <file>', 'write all of a pack as one commented SQL file; - is standard output')
    .action(async (names: readonly string[], flags: ReportFlags) => {
      process.exitCode = await report(context, names, flags);
    });
};
