// `sexton digest`: reports that people are sent on a schedule. Which there are and what became of the newest, one as it was
// sent, one sent now, and the word of somebody who has looked at it.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { readLetter, type ToldLetter, whoGotLetter } from '../../adapters/postgres/letters/letters.ts';
import { type ListedDigest, listDigests } from '../../adapters/postgres/reports/digests.ts';
import { startDigest } from '../../adapters/temporal/start-digest.ts';
import { type Catalog, type CatalogDigest, findDigest, UnknownNameError } from '../../catalog/catalog.ts';
import { digestId } from '../../domain/ids.ts';
import { letterText } from '../../domain/letters/letter.ts';
import type { WhoFlags } from '../arguments.ts';
import type { Asked } from '../ask.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';
import { signOff } from '../digests/sign-off.ts';
import { tell } from '../tell.ts';
import { withPool } from '../with-pool.ts';

export interface DigestContext extends CommandContext {
  readonly load: () => Promise<Catalog>;
}

type JsonFlag = Pick<WhoFlags, 'json'>;

const MOST = 20;

const standing = ({ signOff: state, signedBy, dueAt, note }: ListedDigest): string => {
  if (state === 'open') return `to be signed off until ${dueAt}`;
  if (state === 'signed') return `signed off by ${signedBy}${note === null ? '' : `: ${note}`}`;
  return state === 'unsigned' ? 'nobody signed it off' : 'sent';
};

const newestLine = (digest: ListedDigest): string =>
  `  ${String(digest.letter).padStart(6)}  ${digest.tick}  ${(digest.status ?? '').padEnd(8)}  ${standing(digest)}\n`;

const list = async ({ load, out }: DigestContext, { json }: JsonFlag): Promise<number> => {
  const { digests, home } = await load();
  const made = await withPool(home.url, (pool) => listDigests(pool, { most: MOST }));
  if (json) {
    const declared = digests.map(({ id, schedule, snapshot: { title, to } }) => ({
      id,
      title,
      schedule,
      to,
    }));
    out.write(`${JSON.stringify({ digests: declared, made })}\n`);
    return EXIT.yes;
  }
  const lines = digests.map(({ id, schedule, snapshot: { title } }) => {
    const own = made.filter(({ pack, name }) => digestId(pack, name) === id);
    return `${id}  ${schedule}  ${title}\n${own.map(newestLine).join('')}`;
  });
  out.write(lines.join('') || 'no pack declares a digest\n');
  return EXIT.yes;
};

/** The newest of a digest, or the one of a number. */
const newestOf = async (
  { digests, home }: Catalog,
  asked: string,
): Promise<
  { readonly letter: number; readonly told: readonly ToldLetter[]; readonly text: string } | undefined
> =>
  withPool(home.url, async (pool) => {
    const { pack, name } = /^\d+$/.test(asked) ? { pack: '', name: '' } : findDigest({ digests }, asked);
    const letter =
      pack === '' ? Number(asked) : (await listDigests(pool, { pack, name, most: 1 }))[0]?.letter;
    const found = letter === undefined ? undefined : await readLetter(pool, letter);
    if (letter === undefined || !found) return undefined;
    return { letter, told: await whoGotLetter(pool, letter), text: letterText(found) };
  });

const show = async ({ load, out }: DigestContext, asked: string, { json }: JsonFlag): Promise<number> => {
  const found = await newestOf(await load(), asked);
  if (!found) throw new UnknownNameError(`${asked}: nothing was sent yet, or it is past its 24 months`, []);
  const told = found.told.map(
    ({ target, state, error }) => `${target}: ${state}${error === null ? '' : ` (${error})`}`,
  );
  out.write(json ? `${JSON.stringify(found)}\n` : `${found.text}\n\n${told.join('\n')}\n`);
  return EXIT.yes;
};

/** Starts one now, in the name of whoever asks. */
export const sendDigest = async (
  context: Pick<CommandContext, 'out'>,
  { session, digest, json }: { session: Session; digest: CatalogDigest; json: boolean | undefined },
): Promise<number> => {
  const { workflowId } = await startDigest(session.client, {
    v: 1,
    digest: digest.snapshot,
    by: userInfo().username,
  });
  context.out.write(`${json ? JSON.stringify({ workflowId }) : `started ${workflowId}`}\n`);
  return EXIT.yes;
};

interface SignOffFlags extends JsonFlag {
  readonly by?: string;
  readonly note?: string;
}

/** Adds `digest` to the program; the exit code goes to process.exitCode. */
export const registerDigest = (program: Command, context: DigestContext): void => {
  const command = program
    .command('digest')
    .description('reports that people are sent on a schedule, and what became of them')
    .option('--json', 'one JSON object')
    .action(async (flags: JsonFlag) => {
      process.exitCode = await list(context, flags);
    });
  command
    .command('show')
    .argument('<name>', 'of a digest, or the number of one that was sent')
    .description('one as it was sent, and who got it')
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: JsonFlag) => {
      process.exitCode = await show(context, name, { ...flags, ...command.opts<JsonFlag>() });
    });
  command
    .command('send')
    .argument('<name>', 'id, or bare name while it is unique')
    .description('make one now and send it, as its schedule would')
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: JsonFlag) => {
      process.exitCode = await inSession(context, async (session) => {
        const digest = findDigest(session.catalog, name);
        const json = flags.json ?? command.opts<JsonFlag>().json;
        return sendDigest(context, { session, digest, json });
      });
    });
  command
    .command('sign-off')
    .argument('<name>', 'of a digest: its newest that waits; or the number of one')
    .description('say that you have looked at it and done what it asks')
    .option('--note <text>', 'what you found')
    .option('--by <name>', 'who signs; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: SignOffFlags) => {
      const json = flags.json ?? command.opts<JsonFlag>().json;
      const { by = userInfo().username, note } = flags;
      process.exitCode = await inSession(context, async (session) => {
        const asked: Asked<ListedDigest & { readonly by: string }> = await signOff(session, name, {
          by,
          ...(note !== undefined && { note }),
        });
        return tell(context, asked, { json, text: ({ letter }) => `${letter}: signed off by ${by}` });
      });
    });
};
