// `sexton pause | resume | stop | retry RUN`: what people do to a run that goes on. Each is an update of its workflow,
// so the Temporal UI and the `temporal` CLI can do the same.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { RunAnswer } from '../../domain/jobs/control.ts';
import type { WhoFlags } from '../arguments.ts';
import { ask } from '../ask.ts';
import { type CommandContext, inSession } from '../context.ts';
import { type FoundRun, findRun } from '../find-run.ts';
import { tell } from '../tell.ts';

interface ControlFlags extends WhoFlags {
  /** Only of `stop`: also while the run makes progress. */
  readonly force?: boolean;
}

interface Control {
  readonly verb: 'pause' | 'resume' | 'stop' | 'retry';
  readonly description: string;
  /** What to do where no run goes on. */
  readonly instead: (job: string) => string;
}

const CONTROLS: readonly Control[] = [
  {
    verb: 'pause',
    description: 'hold a run: no further batch begins until it is resumed',
    instead: (job) => `\`sexton schedule pause ${job}\` keeps later ones from starting`,
  },
  {
    verb: 'resume',
    description: 'let a paused run go on from its ledger',
    instead: (job) => `\`sexton schedule resume ${job}\` lets its schedule start them again`,
  },
  {
    verb: 'stop',
    description: 'end a run after the batch in hand; refused while it made progress within 10 minutes',
    instead: () => 'there is nothing to stop',
  },
  {
    verb: 'retry',
    description: 'end the wait of a run that waits to try again',
    instead: () =>
      'a failed one is made good by `sexton incident retry ID`, and `sexton incidents` lists the ids',
  },
];

type Gone = Extract<FoundRun, { goesOn: false }>;

/** Why nobody can be asked: the named run has ended, or the job has none. */
export const nobodyToAsk = ({ jobName, ended }: Gone): string =>
  ended ? `${ended.workflowId} is over: ${ended.state}` : `no run of ${jobName} goes on`;

const render = (workflowId: string, { state, by, next }: RunAnswer): string =>
  `${workflowId}: ${state}, asked by ${by}\n  next: ${next}`;

const control = (
  context: CommandContext,
  { verb, instead }: Control,
  { run, flags }: { readonly run: string; readonly flags: ControlFlags },
): Promise<number> =>
  inSession(context, async (session) => {
    const { by = userInfo().username, reason, force, json } = flags;
    const found = await findRun(session, run, verb);
    if (!found.goesOn) {
      const refused = `${nobodyToAsk(found)}; ${instead(found.jobName)}`;
      return tell(context, { refused }, { json, text: String });
    }
    const { workflowId, runId } = found;
    const event = { by, ...(reason && { reason }), ...(force && { force }) };
    const asked = await ask<RunAnswer>(session.client, { workflowId, runId, update: verb, event });
    const named = 'answer' in asked ? { answer: { workflowId, ...asked.answer } } : asked;
    return tell(context, named, { json, text: (answer) => render(workflowId, answer) });
  });

/** What a person may type for a run. */
export const RUN = "run id, workflow id, or a job's name for the run of it that goes on";

/** Adds the four to the program; the exit code goes to process.exitCode. */
export const registerControls = (program: Command, context: CommandContext): void => {
  for (const each of CONTROLS) {
    const command = program
      .command(each.verb)
      .argument('<run>', RUN)
      .description(each.description)
      .option('--reason <text>', each.verb === 'retry' ? 'goes into the history' : 'goes into the audit log')
      .option('--by <name>', 'who asks; default: the user of this terminal')
      .option('--json', 'one JSON object');
    if (each.verb === 'stop') command.option('--force', 'also while it makes progress; needs --reason');
    command.action(async (run: string, flags: ControlFlags) => {
      if (flags.force && !flags.reason?.trim())
        command.error('error: --force needs --reason: why a run that works is stopped');
      process.exitCode = await control(context, each, { run, flags });
    });
  }
};
