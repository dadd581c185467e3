// `sexton ack | unack | snooze | resolve | reassign | escalate ID`: answers to an incident. Each is an update of its escalation, so the
// Temporal UI and the `temporal` CLI can do the same.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { type Command, InvalidArgumentError } from 'commander';
import { readIncident } from '../../adapters/postgres/alerts/incident-list.ts';
import { createPool } from '../../adapters/postgres/pool.ts';
import { type Catalog, UnknownNameError } from '../../catalog/catalog.ts';
import { wakeableRule } from '../../catalog/faults/people.ts';
import { wakeableNames } from '../../domain/alerts/directory.ts';
import type { Answer } from '../../domain/alerts/escalation.ts';
import { parseDuration } from '../../domain/duration.ts';
import { incidentNumber } from '../../domain/ids.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';

export interface AnswerFlags {
  readonly by?: string;
  readonly note?: string;
  readonly json?: boolean;
  /** Seconds; of `snooze` and `ack`. */
  readonly for?: number;
  /** A time on a clock; of `snooze` and `ack`. */
  readonly until?: string;
  /** Clock of `until`; default: that of the person who answers. */
  readonly zone?: string;
  /** Only of `reassign`. */
  readonly to?: string;
  /** Only of `escalate`. */
  readonly tier?: string;
  /** Takes the failed run's own cutoff; only of `incident retry`. */
  readonly keepCutoff?: boolean;
}

/** Accepts `<pack>/<rule>/<number>` and the number alone; a workflow id of a degraded ladder is used as it is. */
const workflowOf = async ({ catalog }: Session, id: string): Promise<string> => {
  // Of a ladder that several outages share, its incident's id says which of them.
  if (id.startsWith('escalation/')) return id.split('@', 1)[0] ?? id;
  const number = incidentNumber(id);
  const home = createPool({ url: catalog.home.url, max: 1 });
  try {
    const found = number === undefined ? undefined : await readIncident(home, number);
    if (found && (id === found.id || id === String(number))) return found.workflowId;
    throw new UnknownNameError(`no incident ${id}; \`sexton incidents\` lists the open ones`, []);
  } finally {
    await home.end();
  }
};

const render = ({ incident, status, by, next, onTheirWay, run, stateStoreUnreachable }: Answer): string => {
  const started = run ? `\n  run: ${run}` : '';
  const way =
    onTheirWay.length > 0
      ? `\n  ${onTheirWay.length} message(s) already on their way: ${onTheirWay.join(', ')}`
      : '';
  const store = stateStoreUnreachable
    ? '\n  Postgres did not answer: held by the workflow alone until it is back'
    : '';
  const what = run ? `failed run started again by ${by}` : `${status} by ${by}`;
  return `${incident}: ${what}${started}\n  next: ${next}${way}${store}`;
};

/** What an update says besides who, as its flags have it. */
const wanted = ({ directory }: Catalog, flags: AnswerFlags & { readonly by: string }): object => {
  const { by, for: seconds, until, zone = directory.people[by]?.zone, to, tier, keepCutoff } = flags;
  const fault =
    to === undefined
      ? undefined
      : wakeableRule(to, { names: wakeableNames(directory), kinds: 'role, person or rotation' });
  if (fault !== undefined) throw new UnknownNameError(`--to ${fault}, got ${to}`, wakeableNames(directory));
  return {
    ...(seconds && { seconds }),
    ...(until !== undefined && { until, ...(zone !== undefined && { zone }) }),
    ...(to !== undefined && { to }),
    ...(tier !== undefined && { tier }),
    ...(keepCutoff && { cutoff: 'keep' }),
  };
};

/** Sends one update and prints the state after it. A refusal is exit code 1, with its reason. */
export const answer = (
  context: CommandContext,
  { update, id, flags }: { readonly update: string; readonly id: string; readonly flags: AnswerFlags },
): Promise<number> =>
  inSession(context, async (session) => {
    const handle = session.client.workflow.getHandle(await workflowOf(session, id));
    const { by = userInfo().username, note } = flags;
    const event = {
      by,
      eventId: randomUUID(),
      ...(note && { note }),
      ...wanted(session.catalog, { ...flags, by }),
    };
    try {
      const given = await handle.executeUpdate<Answer, [object]>(update, { args: [event] });
      context.out.write(`${flags.json ? JSON.stringify(given) : render(given)}\n`);
      return EXIT.yes;
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      context.err.write(`${error.cause?.message ?? error.message}\n`);
      return EXIT.no;
    }
  });

const duration = (text: string): number => {
  const seconds = parseDuration(text);
  if (!seconds) throw new InvalidArgumentError('must be a duration such as 30m or 8h.');
  return seconds;
};

const ENDING = [
  '--until <time>',
  "such as 'tomorrow 09:00', 'mon 09:00 Europe/Berlin' or an instant",
] as const;
const ZONE = [
  '--zone <zone>',
  'clock of --until, such as Europe/Berlin; default: that of --by in sexton.config.ts',
] as const;

/** Name, update, what it does, and the options that are its own. */
const ANSWERS: readonly (readonly [string, string, string, (command: Command) => Command])[] = [
  [
    'ack',
    'acknowledge',
    'take an incident on: nobody else is told while it holds',
    (command) =>
      command
        .option('--for <duration>', 'holds for so long; default: what the policy says', duration)
        .option(...ENDING)
        .option(...ZONE),
  ],
  [
    'unack',
    'unacknowledge',
    'give an incident back: the last tier is told again, and the ladder goes on',
    (command) => command,
  ],
  [
    'snooze',
    'snooze',
    'hold an incident for a while; then the last tier is told again',
    (command) =>
      command
        .option('--for <duration>', 'such as 30m or 8h', duration)
        .option(...ENDING)
        .option(...ZONE),
  ],
  [
    'resolve',
    'resolve',
    'end an incident by hand; it opens again if it is still true later',
    (command) => command,
  ],
  [
    'reassign',
    'reassign',
    'make somebody else responsible and tell them at once',
    (command) => command.requiredOption('--to <name>', 'person, rotation, role or target'),
  ],
  [
    'escalate',
    'escalateNow',
    'tell the next tier now',
    (command) => command.option('--tier <name>', 'this tier instead; later ones keep their distance from it'),
  ],
];

export const registerAnswers = (program: Command, context: CommandContext): void => {
  for (const [verb, update, description, own] of ANSWERS) {
    const command = program
      .command(verb)
      .argument('<incident>', 'number, or <pack>/<rule>/<number>')
      .description(description)
      .option('--by <name>', 'who answers; default: the user of this terminal')
      .option('--note <text>', 'goes into the timeline')
      .option('--json', 'one JSON object');
    own(command).action(async (id: string, flags: AnswerFlags) => {
      const endings = [flags.for, flags.until].filter((each) => each !== undefined).length;
      if (endings > 1 || (verb === 'snooze' && endings === 0))
        command.error(
          `error: ${verb} takes ${verb === 'snooze' ? 'one' : 'at most one'} of --for and --until`,
        );
      process.exitCode = await answer(context, { update, id, flags });
    });
  }
};
