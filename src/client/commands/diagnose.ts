// `sexton diagnose JOB`: slow batches, waits, locks, errors, batch size and lock holder of its newest run, in one answer
// (SLA-92). Changes nothing.
import type { Command } from 'commander';
import { findJob } from '../../catalog/catalog.ts';
import { formatDuration } from '../../domain/duration.ts';
import { type CommandContext, EXIT, inSession } from '../context.ts';
import { type Diagnosis, diagnose } from '../diagnose.ts';
import { leaseWords, ownerWords } from './locks.ts';

const section = (title: string, lines: readonly string[] | null, none: string): readonly string[] => {
  if (lines === null) return [`${title}: not known`];
  return lines.length === 0 ? [`${title}: ${none}`] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
};

const runLine = ({ run, lastProgress }: Diagnosis): string => {
  if (!run) return 'no run yet';
  const { workflowId, state, startedAt, endedAt, batches, avgBatchMs, maxBatchMs } = run;
  const progress = lastProgress
    ? `; last progress ${lastProgress.at}, ${formatDuration(Math.max(0, Math.round(lastProgress.secondsAgo)))} ago`
    : '';
  const figures =
    batches === null || avgBatchMs === null || maxBatchMs === null
      ? ''
      : `; ${batches} batches, ${avgBatchMs.toFixed(1)} ms on average, ${maxBatchMs.toFixed(1)} ms at most`;
  return `${state} ${workflowId}, ${startedAt} to ${endedAt ?? 'now'}${figures}${progress}`;
};

const batchLine = ({ batchSize }: Diagnosis): string => {
  if (!batchSize) return 'not known';
  const { rows, declared, setBy } = batchSize;
  return `${rows.toLocaleString('en-US')} rows, ${setBy === undefined ? 'as declared' : `set by ${setBy}; declared: ${declared.toLocaleString('en-US')}`}`;
};

const lockLine = ({ lock, unknown }: Diagnosis): string => {
  if (unknown.some((each) => each.startsWith('lock:'))) return 'not known';
  if (!lock) return 'nobody holds it';
  return `${ownerWords(lock)} (${lock.ownerState}), since ${lock.since ?? 'unknown'}; rest of its lease: ${leaseWords(lock)}`;
};

/** For people: each part under its name, and those that could not be asked at the end. */
const diagnosisText = (found: Diagnosis): string => {
  const { job, slowBatches, waits, ungrantedLocks, blocked, recentErrors, unknown } = found;
  return [
    `${job}: ${runLine(found)}`,
    `batch size: ${batchLine(found)}`,
    `lock: ${lockLine(found)}`,
    ...section(
      'slowest batches',
      slowBatches &&
        slowBatches.map(
          ({ ms, rows, step, seq, at, locked }) =>
            `${ms.toFixed(1)} ms  ${rows} rows  ${step} ${seq}  ${at}${locked > 0 ? `  ${locked} rows locked by others` : ''}`,
        ),
      'none',
    ),
    ...section(
      'sessions that wait',
      waits && waits.map((each) => `${each.pid}  ${each.waitsFor}  ${each.seconds} s  ${each.statement}`),
      'none',
    ),
    ...section(
      'locks not granted',
      ungrantedLocks && ungrantedLocks.map((each) => `${each.pid}  ${each.mode} on ${each.on}`),
      'none',
    ),
    ...section(
      'blocked',
      blocked &&
        blocked.map(
          (each) =>
            `${each.blocked} waits for ${each.blocking} (${each.blockingApplication || 'no name'}, ${each.blockingState}): ${each.blockingStatement}`,
        ),
      'nobody',
    ),
    ...section(
      'failed runs of 24 h',
      recentErrors && recentErrors.map((each) => `${each.at}  ${each.code}  ${each.message}`),
      'none',
    ),
    ...unknown.map((each) => `not known: ${each}`),
  ].join('\n');
};

/** Exit code 3 where a part could not be asked. */
const diagnoseJob = (
  context: CommandContext,
  name: string,
  { json = false }: { readonly json?: boolean },
): Promise<number> =>
  inSession(context, async ({ catalog, client }) => {
    const job = findJob(catalog, name);
    const found = await diagnose({ catalog, client, job });
    context.out.write(`${json ? JSON.stringify(found) : diagnosisText(found)}\n`);
    return found.unknown.length > 0 ? EXIT.unknown : EXIT.yes;
  });

/** Adds `diagnose` to the program; the exit code goes to process.exitCode. */
export const registerDiagnose = (program: Command, context: CommandContext): void => {
  program
    .command('diagnose')
    .argument('<job>', 'id, or bare name while it is unique')
    .description(
      "a job's newest run in one answer: slow batches, waits, locks, errors, batch size, lock holder; changes nothing",
    )
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: { readonly json?: boolean }) => {
      process.exitCode = await diagnoseJob(context, name, flags);
    });
};
