// `sexton run NAME`: starts a run of a job directly; previews, follows or leaves it. Of a monitor it is one evaluation.
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { startRun } from '../../adapters/temporal/start-run.ts';
import { findScheduled } from '../../catalog/catalog.ts';
import { parseDuration } from '../../domain/duration.ts';
import type { RunRequest } from '../../domain/jobs/job.ts';
import type { DryRunResult, EndState } from '../../domain/jobs/run.ts';
import { type CommandContext, EXIT, inSession } from '../context.ts';
import { renderDryRun, renderRun } from '../watch/render-run.ts';
import { watchRun } from '../watch/watch-run.ts';
import { sendDigest } from './digest.ts';
import { runHealthChecks } from './health.ts';
import { runMonitor } from './run-monitor.ts';

interface RunFlags {
  readonly dryRun?: boolean;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly budget?: number;
  readonly rate?: number;
}

/** A run that ended well is a yes, one that ended short of its work a no, one that failed bad. */
const EXIT_OF: Readonly<Record<EndState, number>> = {
  completed: EXIT.yes,
  completedWithWarnings: EXIT.no,
  skipped: EXIT.no,
  stopped: EXIT.no,
  blocked: EXIT.bad,
  failed: EXIT.bad,
};

const run = (context: CommandContext, name: string, flags: RunFlags): Promise<number> =>
  inSession(context, async (session) => {
    const scheduled = findScheduled(session.catalog, name);
    if (scheduled.kind === 'monitor') {
      const { monitor } = scheduled;
      const wrong = jobOnly(flags);
      if (wrong !== undefined) {
        context.err.write(`--${wrong} is for jobs; a monitor is evaluated once, and told of\n`);
        return EXIT.bad;
      }
      return runMonitor(context, { session, monitor, json: flags.json });
    }
    if (scheduled.kind === 'check') {
      const wrong = jobOnly(flags);
      if (wrong !== undefined) {
        context.err.write(`--${wrong} is for jobs; a health check is run once, and told of\n`);
        return EXIT.bad;
      }
      const { json = false } = flags;
      return runHealthChecks(context, { session, checks: [scheduled.check], json });
    }
    if (scheduled.kind === 'digest') {
      const wrong = jobOnly(flags);
      if (wrong !== undefined) {
        context.err.write(`--${wrong} is for jobs; a digest is made once, and sent\n`);
        return EXIT.bad;
      }
      return sendDigest(context, { session, digest: scheduled.digest, json: flags.json });
    }
    const { job } = scheduled;
    const request: RunRequest = {
      by: userInfo().username,
      ...(flags.dryRun && { dryRun: true }),
      ...(flags.budget && { budgetSeconds: flags.budget }),
      ...(flags.rate && { rowsPerSecond: flags.rate }),
    };
    const handle = await startRun(session.client, job.snapshot, request);
    const print = (value: unknown, text: string): void => {
      context.out.write(`${flags.json ? JSON.stringify(value) : text}\n`);
    };
    if (flags.dryRun) {
      const result = (await handle.result()) as DryRunResult;
      print(result, renderDryRun(job, result));
      return EXIT.yes;
    }
    if (!flags.follow) {
      const { workflowId, firstExecutionRunId: runId } = handle;
      print({ workflowId, runId }, `started ${workflowId}`);
      return EXIT.yes;
    }
    // Progress goes to stderr, so that stdout holds the result alone.
    const out = context.err as NodeJS.WriteStream;
    const result = await watchRun({ catalog: session.catalog, job, handle, out });
    print({ workflowId: handle.workflowId, ...result }, renderRun(job, result));
    return EXIT_OF[result.state];
  });

/** An option that makes no sense of a monitor. */
const jobOnly = ({ dryRun, follow, budget, rate }: RunFlags): string | undefined =>
  Object.entries({ 'dry-run': dryRun, follow, budget, rate }).find(([, given]) => given)?.[0];

const duration = (text: string): number => {
  const seconds = parseDuration(text);
  if (!seconds) throw new InvalidArgumentError('must be a duration such as 90s, 5m or 1h30m.');
  return seconds;
};

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1 on.');
  return Number(text);
};

export const registerRun = (program: Command, context: CommandContext): void => {
  program
    .command('run')
    .argument('<name>', 'id of a job, monitor or health check, or its bare name while that is unique')
    .description('start a run directly, apart from its schedule; a monitor or health check is run once')
    .option('--dry-run', 'select and count, delete nothing; prints up to 20 keys')
    .option('--follow', 'show rate, share done, ETA and share of budget until it ends')
    .option('--budget <duration>', 'budget of this run, such as 3s or 5m', duration)
    .option('--rate <rows>', 'at most this many rows per second', wholeNumber)
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: RunFlags) => {
      process.exitCode = await run(context, name, flags);
    });
};
