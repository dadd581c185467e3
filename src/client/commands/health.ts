// `sexton health`: runs health checks now, through a worker like any tick, and says what they found (SLA-49). Exit code 0
// PASS, 1 WARN, 2 FAIL, 3 where nobody could find out.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type StartedHealthCheck, startHealthCheck } from '../../adapters/temporal/start-health-check.ts';
import { type CatalogCheck, findCheck } from '../../catalog/catalog.ts';
import {
  type HealthReport,
  type HealthResult,
  type HealthStatus,
  longestSeconds,
  worstStatus,
} from '../../domain/health/health.ts';
import { healthLines } from '../../domain/health/text.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';

const EXIT_OF: Readonly<Record<HealthStatus, number>> = { PASS: EXIT.yes, WARN: EXIT.no, FAIL: EXIT.bad };

/** For a worker to take it and to store what it found, above what the checks themselves may take. */
const SLACK_SECONDS = 30;

interface Outcome {
  readonly check: CatalogCheck;
  readonly workflowId: string;
  /** Missing: nobody answered in time. */
  readonly result?: HealthResult;
}

const within = async <T>(seconds: number, answer: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

const waitFor = async (
  started: StartedHealthCheck,
  check: CatalogCheck,
  slackSeconds: number,
): Promise<Outcome> => {
  const { workflowId } = started;
  const result = await within(longestSeconds(check.snapshot.checks) + slackSeconds, started.result());
  return { check, workflowId, ...(result && { result }) };
};

const runOne = async (
  { client, catalog }: Session,
  check: CatalogCheck,
  slackSeconds: number,
): Promise<Outcome> => {
  const { ringAfterSeconds } = catalog.settings;
  const by = userInfo().username;
  const started = await startHealthCheck(client, { v: 1, check: check.snapshot, ringAfterSeconds, by });
  return waitFor(started, check, slackSeconds);
};

const reportOf = ({ result }: Outcome): HealthReport | undefined => result?.report;

const notes = ({ check, workflowId, result }: Outcome): readonly string[] => {
  if (!result) return [`${check.id}: ${workflowId} was not answered in time; perhaps no worker runs`];
  const { unstored, superseded, incidents } = result;
  return [
    ...(unstored === undefined ? [] : [`not stored, and nobody was told: ${unstored}`]),
    ...(superseded ? ['a newer one was told meanwhile, so this one was not'] : []),
    ...(incidents.length > 0 ? [`incidents: ${incidents.join(', ')}`] : []),
  ];
};

const render = (outcome: Outcome, several: boolean): string => {
  const report = reportOf(outcome);
  const { check } = outcome;
  const lines = report ? healthLines(report, check.snapshot.checks) : [];
  const [overall, above] = [lines.slice(-1), lines.slice(0, -1)];
  // The overall status stays the last line.
  return [...(several ? [check.id] : []), ...above, ...notes(outcome), ...overall].join('\n');
};

const exitOf = (outcomes: readonly Outcome[]): number => {
  const reports = outcomes.map(reportOf);
  const known = reports.flatMap((report) => (report ? [report.status] : []));
  return known.length < reports.length ? EXIT.unknown : EXIT_OF[worstStatus(known)];
};

/** What `--json` prints of one: its report as it is told elsewhere, and where it can be seen. */
const shownOf = (outcome: Outcome): object => {
  const { check, workflowId, result } = outcome;
  const { report, tick, incidents, unstored } = result ?? {};
  return { ...report, health_check: check.id, workflowId, tick, incidents, ...(unstored && { unstored }) };
};

/** Of a few health checks, side by side. */
export const runHealthChecks = async (
  { out }: Pick<CommandContext, 'out'>,
  {
    session,
    checks,
    json,
    slackSeconds = SLACK_SECONDS,
  }: {
    readonly session: Session;
    readonly checks: readonly CatalogCheck[];
    readonly json: boolean;
    readonly slackSeconds?: number | undefined;
  },
): Promise<number> => {
  const outcomes = await Promise.all(checks.map((check) => runOne(session, check, slackSeconds)));
  const several = outcomes.length > 1;
  if (json) {
    const all = outcomes.map(shownOf);
    out.write(`${JSON.stringify(several ? { health_checks: all } : all[0])}\n`);
  } else out.write(`${outcomes.map((each) => render(each, several)).join('\n\n')}\n`);
  return exitOf(outcomes);
};

interface HealthFlags {
  readonly json: boolean;
  readonly slackSeconds: number | undefined;
}

const health = (context: CommandContext, name: string | undefined, flags: HealthFlags): Promise<number> =>
  inSession(context, async (session) => {
    const { catalog } = session;
    const checks = name === undefined ? catalog.checks : [findCheck(catalog, name)];
    if (checks.length === 0) {
      context.err.write('no pack declares a health check\n');
      return EXIT.unknown;
    }
    return runHealthChecks(context, { session, checks, ...flags });
  });

/** Adds `health` to the program; the exit code goes to process.exitCode. Tests wait for less. */
export const registerHealth = (program: Command, context: CommandContext, slackSeconds?: number): void => {
  program
    .command('health')
    .argument(
      '[name]',
      'id of a health check, or its bare name while that is unique; without one, all of them',
    )
    .description('run health checks now: one line a check, and the overall status')
    .option('--json', 'one JSON object')
    .action(async (name: string | undefined, { json = false }: { json?: boolean }) => {
      process.exitCode = await health(context, name, { json, slackSeconds });
    });
};
