// `sexton set-batch-size RUN [ROWS|declared]`: rows of a batch, from the next one on and for later runs (SLA-93). A run
// that goes on is asked by update; where none does, the same row is written for those to come.
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { readBatchSetting, setBatchLimit } from '../../adapters/postgres/runs/control.ts';
import { type CatalogJob, findJob } from '../../catalog/catalog.ts';
import { jobId } from '../../domain/ids.ts';
import { BATCH_ROWS, type RunAnswer } from '../../domain/jobs/control.ts';
import type { JobState } from '../../domain/jobs/state.ts';
import { declaredBatchRows } from '../../domain/jobs/step.ts';
import type { WhoFlags } from '../arguments.ts';
import { ask } from '../ask.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';
import { type FoundRun, findRun } from '../find-run.ts';
import { targetOf } from '../target.ts';
import { tell } from '../tell.ts';
import { withPool } from '../with-pool.ts';
import { nobodyToAsk, RUN } from './control.ts';

/** A number, or undefined for the declared one. */
interface Wanted {
  readonly rows: number | undefined;
}

const rowsArgument = (text: string): Wanted => {
  if (text === 'declared') return { rows: undefined };
  const { least, most } = BATCH_ROWS;
  const rows = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (rows >= least && rows <= most) return { rows };
  throw new InvalidArgumentError(
    `must be a whole number from ${least} to ${most.toLocaleString('en-US')}, or \`declared\`.`,
  );
};

const count = (rows: number): string => `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;

const changed = ({ before, after }: NonNullable<RunAnswer['batchRows']>): string =>
  before === after
    ? `${count(after)} a batch, as before`
    : `${count(after)} a batch, was ${before.toLocaleString('en-US')}`;

interface SizeInput {
  readonly run: string;
  /** Absent where a person only wants to know. */
  readonly wanted: Wanted | undefined;
  readonly flags: WhoFlags;
}

const batchSize = (context: CommandContext, { run, wanted, flags }: SizeInput): Promise<number> =>
  inSession(context, async (session) => {
    const found = await findRun(session, run, 'set-batch-size');
    if (!wanted) return showSize(context, session, { found, flags });
    const { by = userInfo().username, json } = flags;
    const rows = wanted.rows === undefined ? {} : { rows: wanted.rows };
    if (!found.goesOn) return setForLater(context, session, { found, wanted, flags });
    const { workflowId, runId } = found;
    const asked = await ask<RunAnswer>(session.client, {
      workflowId,
      runId,
      update: 'setBatchSize',
      event: { by, ...rows },
    });
    const named = 'answer' in asked ? { answer: { workflowId, ...asked.answer } } : asked;
    const text = ({ batchRows }: RunAnswer): string =>
      `${workflowId}: ${batchRows ? changed(batchRows) : 'done'}\n  next: from its next batch on, and for later runs`;
    return tell(context, named, { json, text });
  });

const declaredRows = ({ snapshot }: CatalogJob): number => declaredBatchRows(snapshot);

interface LaterInput {
  readonly found: Extract<FoundRun, { goesOn: false }>;
  readonly wanted: Wanted;
  readonly flags: WhoFlags;
}

const setForLater = async (
  context: CommandContext,
  session: Session,
  { found, wanted, flags: { by = userInfo().username, json } }: LaterInput,
): Promise<number> => {
  const { job } = found;
  if (!job || found.ended) {
    const refused = `${nobodyToAsk(found)}; name its job to set the size for later runs`;
    return tell(context, { refused }, { json, text: String });
  }
  const { pack, name, snapshot } = job;
  const subject = { pack, job: name, resourceType: snapshot.resourceType };
  const limit = { resource: snapshot.lockKey, rows: wanted.rows, declared: declaredRows(job), by };
  const batchRows = await withPool(targetOf(session.catalog, job).url, (target) =>
    inTransaction(target, (tx) => setBatchLimit(tx, subject, limit)),
  );
  const text = (): string =>
    `${name}: ${changed(batchRows)}\n  next: no run goes on, so from the next run on`;
  return tell(context, { answer: { job: job.id, by, batchRows } }, { json, text });
};

const showSize = async (
  { out }: CommandContext,
  session: Session,
  { found, flags }: { readonly found: FoundRun; readonly flags: WhoFlags },
): Promise<number> => {
  const job = found.job ?? (await jobOf(session, found));
  const declared = declaredRows(job);
  const set = await withPool(targetOf(session.catalog, job).url, (target) =>
    readBatchSetting(target, job.snapshot.lockKey),
  );
  const told = { job: job.id, rows: set?.rows ?? declared, declared, ...(set && { set }) };
  const words = set
    ? `${count(set.rows)} a batch, set by ${set.by} at ${set.at}; declared: ${declared.toLocaleString('en-US')}`
    : `${count(declared)} a batch, as declared`;
  out.write(`${flags.json ? JSON.stringify(told) : `${job.name}: ${words}`}\n`);
  return EXIT.yes;
};

/** The job of a workflow that was named itself: only the workflow knows it. */
const jobOf = async ({ catalog, client }: Session, found: FoundRun): Promise<CatalogJob> => {
  if (!found.goesOn) return findJob(catalog, found.jobName);
  const { pack, job } = await client.workflow.getHandle(found.workflowId).query<JobState>('state');
  return findJob(catalog, jobId(pack, job));
};

/** Adds `set-batch-size` to the program; the exit code goes to process.exitCode. */
export const registerBatchSize = (program: Command, context: CommandContext): void => {
  program
    .command('set-batch-size')
    .argument('<run>', RUN)
    .argument('[rows]', '1 to 10,000, or `declared`; without it, what holds now is shown', rowsArgument)
    .description('set the rows of a batch, from the next one on and for later runs')
    .option('--by <name>', 'who asks; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (run: string, wanted: Wanted | undefined, flags: WhoFlags) => {
      process.exitCode = await batchSize(context, { run, wanted, flags });
    });
};
