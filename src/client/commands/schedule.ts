// `sexton schedule list | pause | resume | trigger | restart`: what people do to a schedule of a job or monitor. `apply` keeps a pause and its
// note.
import { userInfo } from 'node:os';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { describeSchedule } from '../../adapters/temporal/schedule-look.ts';
import { type CatalogJob, findScheduled } from '../../catalog/catalog.ts';
import { scheduleIdOf } from '../../domain/ids.ts';
import type { WhoFlags } from '../arguments.ts';
import type { Asked } from '../ask.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';
import { type Restarted, restartSchedule } from '../schedules/restart-schedule.ts';
import { againstResuming } from '../schedules/resume-guard.ts';
import { type ListedSchedule, listSchedules } from '../schedules/schedule-list.ts';
import { triggerSchedule } from '../schedules/trigger-schedule.ts';
import { declaredSchedules } from '../sync/schedule-spec.ts';
import { tell } from '../tell.ts';
import { withPool } from '../with-pool.ts';

interface ScheduleFlags extends WhoFlags {
  /** Only of `resume`: also without a dry run. */
  readonly force?: boolean;
}

interface ScheduleAnswer {
  readonly id: string;
  readonly paused: boolean;
  readonly note: string | null;
  /** Of the next run; null while it is paused. */
  readonly nextAt: string | null;
  /** False where it was so already. */
  readonly changed: boolean;
}

interface Act {
  readonly session: Session;
  /** Undefined of a monitor. */
  readonly job: CatalogJob | undefined;
  readonly id: string;
  readonly flags: ScheduleFlags;
}

const absent = (id: string): { readonly refused: string } => ({
  refused: `Temporal has no schedule ${id}; \`sexton apply\` makes it`,
});

/** `paused by ana: the index is being rebuilt`. */
const noteOf = (what: string, { by = userInfo().username, reason }: WhoFlags): string =>
  `${what} by ${by}${reason ? `: ${reason}` : ''}`;

const pause = async ({ session, id, flags }: Act): Promise<Asked<ScheduleAnswer>> => {
  const { client } = session;
  const found = await describeSchedule(client, id);
  if (!found) return absent(id);
  const paused = { id, paused: true, nextAt: null };
  // Whoever paused it first said why; a second pause would write over that.
  if (found.state.paused) return { answer: { ...paused, note: found.state.note ?? null, changed: false } };
  const note = noteOf('paused', flags);
  await client.schedule.getHandle(id).pause(note);
  return { answer: { ...paused, note, changed: true } };
};

const resume = async ({ session, job, id, flags }: Act): Promise<Asked<ScheduleAnswer>> => {
  const { client, catalog } = session;
  const found = await describeSchedule(client, id);
  if (!found) return absent(id);
  const running = { id, paused: false, nextAt: found.info.nextActionTimes[0]?.toISOString() ?? null };
  if (!found.state.paused) return { answer: { ...running, note: null, changed: false } };
  const against = job && (await withPool(catalog.home.url, (home) => againstResuming(home, job)));
  if (against && !flags.force) return { refused: `${job.name}: refused, ${against}` };
  const note = noteOf(against ? 'resumed without a dry run' : 'resumed', flags);
  await client.schedule.getHandle(id).unpause(note);
  return { answer: { ...running, note, changed: true } };
};

const render = ({ id, paused, note, nextAt, changed }: ScheduleAnswer): string => {
  if (!changed)
    return `${id}: ${paused ? `is paused already (${note})` : 'is not paused'}; nothing was changed`;
  const next = paused
    ? 'no run starts by it until `sexton schedule resume`; one that goes on is not touched'
    : `a run at ${nextAt ?? 'its next tick'}`;
  return `${id}: ${note}\n  next: ${next}`;
};

interface TriggerAnswer {
  readonly id: string;
  readonly workflowId: string;
}

const trigger = async ({ session, id }: Act): Promise<Asked<TriggerAnswer>> => {
  const became = await triggerSchedule(session.client, id);
  if (!became) return absent(id);
  if ('started' in became) return { answer: { id, workflowId: became.started } };
  if ('skippedFor' in became)
    return { refused: `${id}: nothing was started, ${became.skippedFor} still goes on` };
  return { unanswered: `${id}: asked, and nothing has started yet; \`sexton schedule list\` tells` };
};

interface RestartAnswer extends Restarted {
  readonly id: string;
  readonly note: string;
}

const restart = async ({ session, job, id, flags }: Act): Promise<Asked<RestartAnswer>> => {
  const { client, catalog } = session;
  const declared = declaredSchedules(catalog).find((each) => each.id === id);
  if (!declared) throw new Error(`${id} is not declared`);
  // What goes on anyway needs no proof; a pause was somebody's wish, or a failure's.
  const paused = (await describeSchedule(client, id))?.state.paused ?? false;
  const against =
    paused && job ? await withPool(catalog.home.url, (home) => againstResuming(home, job)) : undefined;
  if (against && !flags.force) return { refused: `${id}: refused, ${against}` };
  const note = noteOf(against ? 'restarted without a dry run' : 'restarted', flags);
  return { answer: { id, note, ...(await restartSchedule(client, declared, note)) } };
};

const renderRestart = ({ id, note, nextAt, run }: RestartAnswer): string => {
  const started = run && 'started' in run ? `started ${run.started}` : undefined;
  const goesOn = run && 'skippedFor' in run ? `${run.skippedFor} goes on, so none was started` : undefined;
  const became = started ?? goesOn ?? 'a run was asked for and has not started yet';
  return `${id}: ${note}\n  ${became}\n  next: a run at ${nextAt ?? 'its next tick'}`;
};

const table = (schedules: readonly ListedSchedule[]): string => {
  const rows = new Table({
    head: ['schedule', 'cron (UTC)', 'next run', 'paused', 'last run', 'result'],
    style: { head: [], border: [] },
    wordWrap: true,
  });
  for (const { id, cron, applied, nextAt, paused, note, last } of schedules) {
    const next = applied ? (nextAt ?? 'none') : 'not applied';
    rows.push([id, cron, next, paused ? (note ?? 'yes') : 'no', last?.at ?? 'none', last?.result ?? '']);
  }
  return rows.toString();
};

const list = (context: CommandContext, { json }: WhoFlags): Promise<number> =>
  inSession(context, async ({ catalog, client }) => {
    const schedules = await withPool(catalog.home.url, (home) => listSchedules({ client, home, catalog }));
    context.out.write(`${json ? JSON.stringify({ schedules }) : table(schedules)}\n`);
    return EXIT.yes;
  });

/** Adds `schedule` with its commands to the program; the exit code goes to process.exitCode. */
export const registerSchedule = (program: Command, context: CommandContext): void => {
  const schedule = program
    .command('schedule')
    .description('list, pause, resume, trigger or restart schedules of jobs and monitors');
  const add = <T extends object>(
    verb: string,
    description: string,
    { act, text }: { readonly act: (input: Act) => Promise<Asked<T>>; readonly text: (answer: T) => string },
  ): Command => {
    const command = schedule
      .command(verb)
      .argument('<name>', 'id of a job or monitor, or its bare name while that is unique')
      .description(description)
      .option('--json', 'one JSON object');
    return command.action(async (name: string, flags: ScheduleFlags) => {
      if (flags.force && !flags.reason?.trim())
        command.error('error: --force needs --reason: why it goes on without a dry run');
      process.exitCode = await inSession(context, async (session) => {
        const scheduled = findScheduled(session.catalog, name);
        const id = scheduleIdOf(scheduled.id);
        const job = scheduled.kind === 'job' ? scheduled.job : undefined;
        return tell(context, await act({ session, job, id, flags }), { json: flags.json, text });
      });
    });
  };
  const who = (command: Command): Command =>
    command
      .option('--reason <text>', 'goes into the note of the schedule')
      .option('--by <name>', 'who asks; default: the user of this terminal');

  schedule
    .command('list')
    .description('every declared schedule: next run, who paused it and why, how its last run went')
    .option('--json', 'one JSON object')
    .action(async (flags: WhoFlags) => {
      process.exitCode = await list(context, flags);
    });
  who(add('pause', 'start no further run by it; `apply` keeps that', { act: pause, text: render }));
  who(
    add('resume', 'let it start runs again; after a stop or three failures only after a dry run', {
      act: resume,
      text: render,
    }),
  ).option('--force', 'also without that dry run; needs --reason');
  who(
    add('restart', 'make it anew as declared, not paused, and start one run by it', {
      act: restart,
      text: renderRestart,
    }),
  ).option('--force', 'also after a stop or three failures without a dry run; needs --reason');
  add('trigger', 'start its run now, unless one goes on; `sexton run` starts one in your name', {
    act: trigger,
    text: ({ workflowId }: TriggerAnswer) => `started ${workflowId}`,
  });
};
