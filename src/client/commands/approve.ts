// `sexton approve RUN`: lets a run that would take more than its guard lets through begin. It shows what would go, and
// the answer holds for exactly that.
import { userInfo } from 'node:os';
import { isGrpcDeadlineError, WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { UnknownNameError } from '../../catalog/catalog.ts';
import type { RunAnswer } from '../../domain/jobs/control.ts';
import { overWords } from '../../domain/jobs/guard.ts';
import type { JobState } from '../../domain/jobs/state.ts';
import type { WhoFlags } from '../arguments.ts';
import { type Asked, ask } from '../ask.ts';
import { type Confirm, confirmOnTerminal } from '../confirm.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';
import { findRun } from '../find-run.ts';
import { tell } from '../tell.ts';
import { nobodyToAsk, RUN } from './control.ts';

interface ApproveFlags extends WhoFlags {
  /** Approves what is shown without asking. */
  readonly yes?: boolean;
}

interface NamedRun {
  readonly workflowId: string;
  readonly runId?: string | undefined;
}

type Approval = NonNullable<JobState['approval']>;

/** A run replays its history to answer; more than this is no worker. */
const ANSWER_WITHIN_SECONDS = 30;

const readState = async ({ client }: Session, { workflowId, runId }: NamedRun): Promise<Asked<JobState>> => {
  const named = { ...(runId !== undefined && { firstExecutionRunId: runId }) };
  const handle = client.workflow.getHandle(workflowId, undefined, named);
  try {
    const query = (): Promise<JobState> => handle.query<JobState>('state');
    return { answer: await client.withDeadline(Date.now() + ANSWER_WITHIN_SECONDS * 1000, query) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new UnknownNameError(`no workflow ${workflowId}; \`temporal workflow list\` lists them`, []);
    if (!isGrpcDeadlineError(error)) throw error;
    return {
      unanswered: `${workflowId} did not answer within ${ANSWER_WITHIN_SECONDS} s; perhaps no worker runs`,
    };
  }
};

const show = (job: string, { steps, expiresAt }: Approval): string =>
  [
    `${job} waits for approval until ${expiresAt}`,
    ...steps.flatMap((step) => [`  ${step.step}: ${overWords(step)}`, `    rows before ${step.cutoff}`]),
    '',
  ].join('\n');

interface Approving {
  readonly run: string;
  readonly flags: ApproveFlags;
  readonly confirm: Confirm;
}

const approve = (context: CommandContext, { run, flags, confirm }: Approving): Promise<number> =>
  inSession(context, async (session) => {
    const { by = userInfo().username, reason, yes, json } = flags;
    const say = <T extends object>(asked: Asked<T>, text: (answer: T) => string): number =>
      tell(context, asked, { json, text });
    const found = await findRun(session, run, 'approve');
    if (!found.goesOn) return say({ refused: `${nobodyToAsk(found)}; there is nothing to approve` }, String);
    const looked = await readState(session, found);
    if (!('answer' in looked)) return say(looked, String);
    const { job, state, approval } = looked.answer;
    if (!approval) return say({ refused: `it does not wait for approval, it is ${state}` }, String);
    if (!json) context.out.write(show(job, approval));

    const sure = yes ?? (json ? undefined : await confirm('Approve that?'));
    if (sure === undefined) return unasked(context, { approval, json });
    if (!sure) return say({ refused: 'not approved; it goes on waiting' }, String);
    const { workflowId, runId } = found;
    const { eligible, cutoff } = approval;
    const event = { by, eligible, cutoff, ...(reason && { reason }) };
    const asked = await ask<RunAnswer>(session.client, { workflowId, runId, update: 'approve', event });
    const named = 'answer' in asked ? { answer: { workflowId, ...asked.answer, approval } } : asked;
    return say(named, ({ next }) => `approved by ${by}\n  next: ${next}`);
  });

/** Nobody is there to say yes, and nobody said so beforehand. */
const unasked = (
  { out, err }: CommandContext,
  { approval, json }: { readonly approval: Approval; readonly json: boolean | undefined },
): number => {
  const refused =
    'nothing was approved: without a terminal, or with --json, say --yes to approve what is shown';
  if (json) out.write(`${JSON.stringify({ refused, approval })}\n`);
  else err.write(`${refused}\n`);
  return EXIT.bad;
};

/** Adds `approve` to the program; the exit code goes to process.exitCode. */
export const registerApprove = (
  program: Command,
  context: CommandContext,
  confirm: Confirm = confirmOnTerminal,
): void => {
  program
    .command('approve')
    .argument('<run>', RUN)
    .description(
      'let a run begin that would take more than its guard lets through; shows what would go first',
    )
    .option('--reason <text>', 'goes into the audit log')
    .option('--by <name>', 'who approves; default: the user of this terminal')
    .option('--yes', 'approve what is shown without asking; needed where there is no terminal')
    .option('--json', 'one JSON object; needs --yes to approve')
    .addHelpText(
      'after',
      '\nThe answer holds for what is shown: the same cutoff, and no more rows than that. A run that finds more asks again;\n' +
        'one that nobody approves within 24 h ends blocked. `sexton stop RUN` ends it now.',
    )
    .action(async (run: string, flags: ApproveFlags) => {
      process.exitCode = await approve(context, { run, flags, confirm });
    });
};
