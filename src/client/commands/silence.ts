// `sexton silence add | list | end`: keeps alerts from opening incidents and from waking anybody, for a while. It changes no
// alert's state, so what still fires when it ends goes on. Rows are ended, never deleted.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  addSilence,
  countSilenced,
  endSilence,
  listSilences,
  type Silence,
  tryMatchers,
} from '../../adapters/postgres/alerts/silences.ts';
import { UnknownNameError } from '../../catalog/catalog.ts';
import { LONGEST_SILENCE_SECONDS, matcherText, parseMatchers } from '../../domain/alerts/silence.ts';
import { parseDuration } from '../../domain/duration.ts';
import { instantArgument } from '../arguments.ts';
import { EXIT } from '../context.ts';
import { withPool } from '../with-pool.ts';
import type { IncidentsContext } from './incidents.ts';

export interface SilenceContext extends IncidentsContext {
  readonly err: Pick<NodeJS.WritableStream, 'write'>;
}

interface AddFlags {
  readonly for?: string;
  readonly until?: string;
  readonly comment?: string;
  readonly by?: string;
  readonly json?: boolean;
}

const WEEK = `${LONGEST_SILENCE_SECONDS / 86_400} days`;

type End = { readonly until: string | number } | { readonly fault: string };

const endOf = ({ for: length, until }: AddFlags): End => {
  if ((length === undefined) === (until === undefined))
    return {
      fault: 'an end is required: either --for, such as 2h, or --until, such as 2026-02-10T14:00:00Z',
    };
  if (length !== undefined) {
    const seconds = parseDuration(length);
    if (!seconds) return { fault: `--for ${length}: must be a duration such as 30m or 8h` };
    return seconds > LONGEST_SILENCE_SECONDS ? tooLong : { until: seconds };
  }
  try {
    const at = instantArgument(until ?? '');
    const seconds = (at.getTime() - Date.now()) / 1000;
    if (seconds <= 0) return { fault: `--until ${until}: is over already` };
    return seconds > LONGEST_SILENCE_SECONDS ? tooLong : { until: at.toISOString() };
  } catch (error) {
    return { fault: `--until ${until}: ${error instanceof Error ? error.message : String(error)}` };
  }
};

const tooLong = {
  fault: `lasts longer than ${WEEK}: what is forgotten hides real alerts. Add it again then, or declare a window in the pack`,
};

const described = ({ id, matchers, startsAt, endsAt, author, comment, state, endedBy }: Silence): string => {
  const ended = endedBy === null ? '' : `, ended by ${endedBy}`;
  return `${id}  ${state}${ended}  ${startsAt} to ${endsAt}  ${matchers.map(matcherText).join(' ')}  ${author}: ${comment}`;
};

const reachesSexton = ({ matchers }: Silence): boolean =>
  matchers.some(({ label, op }) => label === 'rule' && op === '=');

const silenceAdd = async (
  { load, out, err }: SilenceContext,
  texts: readonly string[],
  flags: AddFlags,
): Promise<number> => {
  const { comment = '', by = userInfo().username, json } = flags;
  const { matchers, faults: wrong } = parseMatchers(texts);
  const end = endOf(flags);
  return withPool((await load()).home.url, async (home) => {
    const faults = [
      ...wrong,
      ...(await tryMatchers(home, matchers)),
      ...('fault' in end ? [end.fault] : []),
      ...(comment.trim() === '' ? ['--comment is required: why it may be quiet, for whoever asks'] : []),
      ...(by.trim() === '' ? ['--by is required: whom to ask'] : []),
    ];
    if (faults.length > 0 || 'fault' in end) {
      err.write(`${['nothing was silenced', ...faults].join('\n  ')}\n`);
      return EXIT.bad;
    }
    const silence = await addSilence(home, { matchers, until: end.until, author: by, comment });
    const firing = await countSilenced(home, silence);
    const own = reachesSexton(silence)
      ? ''
      : "\n  Sexton's own alerts are not among them: name one by pack=sexton rule=NAME";
    out.write(
      json
        ? `${JSON.stringify({ silence, firing })}\n`
        : `silence ${described(silence)}\n  ${firing} alerts that fire now are quiet until it ends; they go on firing${own}\n`,
    );
    return EXIT.yes;
  });
};

const silenceList = async (
  { load, out }: SilenceContext,
  { all = false, json }: { readonly all?: boolean; readonly json?: boolean },
): Promise<number> =>
  withPool((await load()).home.url, async (home) => {
    const silences = await listSilences(home, all);
    if (json) out.write(`${JSON.stringify({ silences })}\n`);
    else
      out.write(silences.length === 0 ? 'nothing is silenced\n' : `${silences.map(described).join('\n')}\n`);
    return EXIT.yes;
  });

const silenceEnd = async (
  { load, out }: SilenceContext,
  text: string,
  { by = userInfo().username, json }: { readonly by?: string; readonly json?: boolean },
): Promise<number> =>
  withPool((await load()).home.url, async (home) => {
    const id = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    const silence = id === undefined ? undefined : await endSilence(home, id, by);
    if (!silence)
      throw new UnknownNameError(`no silence ${text}; \`sexton silence list --all\` lists them`, []);
    const firing = await countSilenced(home, silence);
    const next = `what still fires goes on within a minute: ${firing} alerts fit it now`;
    out.write(
      json ? `${JSON.stringify({ silence, firing })}\n` : `silence ${described(silence)}\n  next: ${next}\n`,
    );
    return EXIT.yes;
  });

export const registerSilence = (program: Command, context: SilenceContext): void => {
  const silence = program
    .command('silence')
    .description('keep alerts from opening incidents and from waking anybody, for a while');
  silence
    .command('add')
    .argument('[matchers...]', 'LABEL=VALUE, !=, =~ or !~; LABEL is pack, rule, or a label. All must fit')
    .description(`silence what fits, for at most ${WEEK}; alerts go on firing, and go on once it ends`)
    .option('--for <duration>', 'such as 2h')
    .option('--until <instant>', 'such as 2026-02-10T14:00:00Z')
    .option('--comment <text>', 'why; required')
    .option('--by <name>', 'whom to ask; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (matchers: readonly string[], flags: AddFlags) => {
      process.exitCode = await silenceAdd(context, matchers, flags);
    });
  silence
    .command('list')
    .description('silences that hold or will')
    .option('--all', 'those that are over too, the newest hundred')
    .option('--json', 'one JSON object')
    .action(async (flags: { readonly all?: boolean; readonly json?: boolean }) => {
      process.exitCode = await silenceList(context, flags);
    });
  silence
    .command('end')
    .argument('<id>', 'as `silence list` shows it')
    .description('end a silence now; it stays to be read')
    .option('--by <name>', 'who ends it; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (id: string, flags: { readonly by?: string; readonly json?: boolean }) => {
      process.exitCode = await silenceEnd(context, id, flags);
    });
};
