// `sexton figures`: how well people were told in a span. Numbers to talk about, so it is a command of its own: `doctor`
// says whether anything is wrong now, and answers with its exit code.
import Table from 'cli-table3';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type AlertingFigures,
  readAlertingFigures,
  type Spread,
} from '../../adapters/postgres/alerts/alerting-figures.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { formatDuration, parseDuration } from '../../domain/duration.ts';
import { EXIT } from '../context.ts';
import { withPool } from '../with-pool.ts';

export interface FiguresContext {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

interface FiguresFlags {
  /** Seconds. */
  readonly within: number;
  readonly json?: boolean;
}

const PLAIN = { style: { head: [], border: [] } };

const time = (seconds: number | null): string => (seconds === null ? '–' : formatDuration(seconds));

const timesTable = ({ notify, acknowledge, resolve }: AlertingFigures): string => {
  const table = new Table({ head: ['from firing until', 'incidents', 'half', '95 %', 'longest'], ...PLAIN });
  const row = (name: string, { count, p50, p95, max }: Spread): string[] => [
    name,
    `${count}`,
    time(p50),
    time(p95),
    time(max),
  ];
  table.push(row('told', notify), row('acknowledged', acknowledge), row('resolved', resolve));
  return table.toString();
};

const channelsTable = ({ channels }: AlertingFigures): string => {
  const head = ['channel', 'sent', 'failed tries', 'dead', 'withdrawn', 'perhaps doubled'];
  const table = new Table({ head, ...PLAIN });
  for (const { channel, sent, failed, dead, withdrawn, possiblyDoubled } of channels)
    table.push([channel, `${sent}`, `${failed}`, `${dead}`, `${withdrawn}`, `${possiblyDoubled}`]);
  return table.toString();
};

const words = (figures: AlertingFigures, within: number): string => {
  const { untold, overdue, stuck, deadLetters, channels } = figures;
  return [
    `incidents that began in the last ${formatDuration(within)}`,
    timesTable(figures),
    ...(channels.length === 0 ? ['no message was sent'] : [channelsTable(figures)]),
    `now: ${untold} told to nobody · ${overdue.count} ladders late · ${stuck} messages stuck · ${deadLetters} dead letters`,
  ].join('\n');
};

/** Canaries and Sexton's alerts about the telling itself are left out. */
export const figures = async (
  { load, out }: FiguresContext,
  { within, json = false }: FiguresFlags,
): Promise<number> => {
  const { home } = await load();
  const found = await withPool(home.url, (db) => readAlertingFigures(db, { withinSeconds: within }));
  out.write(`${json ? JSON.stringify({ withinSeconds: within, ...found }) : words(found, within)}\n`);
  return EXIT.yes;
};

const spanArgument = (text: string): number => {
  const seconds = parseDuration(text);
  if (!seconds) throw new InvalidArgumentError('must be a duration above 0, such as 12h or 30d.');
  return seconds;
};

export const registerFigures = (program: Command, context: FiguresContext): void => {
  program
    .command('figures')
    .description('how soon people were told, acknowledged and resolved; what the channels took')
    .option('--within <duration>', 'how far back, such as 12h or 30d', spanArgument, 7 * 86_400)
    .option('--json', 'one JSON object, times in seconds')
    .action(async (flags: FiguresFlags) => {
      process.exitCode = await figures(context, flags);
    });
};
