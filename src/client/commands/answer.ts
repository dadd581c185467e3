// `sexton ack | snooze | resolve | escalate ID`: answers to an incident. Each is an update of its escalation, so the
// Temporal UI and the `temporal` CLI can do the same.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { type Command, InvalidArgumentError } from 'commander';
import { readIncident } from '../../adapters/postgres/alerts/incident-list.ts';
import { createPool } from '../../adapters/postgres/pool.ts';
import { UnknownNameError } from '../../catalog/catalog.ts';
import type { Answer } from '../../domain/alerts/escalation.ts';
import { parseDuration } from '../../domain/duration.ts';
import { incidentNumber } from '../../domain/ids.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';

export interface AnswerFlags {
  readonly by?: string;
  readonly note?: string;
  readonly json?: boolean;
  /** Seconds; only of `snooze`. */
  readonly for?: number;
  /** Takes the failed run's own cutoff; only of `incident retry`. */
  readonly keepCutoff?: boolean;
}

/** Accepts `<pack>/<rule>/<number>` and the number alone; a workflow id of a degraded ladder is used as it is. */
const workflowOf = async ({ catalog }: Session, id: string): Promise<string> => {
  if (id.startsWith('escalation/')) return id;
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

/** Sends one update and prints the state after it. A refusal is exit code 1, with its reason. */
export const answer = (
  context: CommandContext,
  { update, id, flags }: { readonly update: string; readonly id: string; readonly flags: AnswerFlags },
): Promise<number> =>
  inSession(context, async (session) => {
    const handle = session.client.workflow.getHandle(await workflowOf(session, id));
    const { by = userInfo().username, note, for: seconds, keepCutoff } = flags;
    const more = { ...(seconds && { seconds }), ...(keepCutoff && { cutoff: 'keep' }) };
    const event = { by, eventId: randomUUID(), ...(note && { note }), ...more };
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

const ANSWERS = [
  ['ack', 'acknowledge', 'take an incident on: nobody else is told while it holds'],
  ['snooze', 'snooze', 'hold an incident for a while; then the last tier is told again'],
  ['resolve', 'resolve', 'end an incident by hand; it opens again if it is still true later'],
  ['escalate', 'escalateNow', 'tell the next tier now'],
] as const;

export const registerAnswers = (program: Command, context: CommandContext): void => {
  for (const [verb, update, description] of ANSWERS) {
    const command = program
      .command(verb)
      .argument('<incident>', 'number, or <pack>/<rule>/<number>')
      .description(description)
      .option('--by <name>', 'who answers; default: the user of this terminal')
      .option('--note <text>', 'goes into the timeline')
      .option('--json', 'one JSON object');
    if (verb === 'snooze') command.requiredOption('--for <duration>', 'such as 30m or 8h', duration);
    command.action(async (id: string, flags: AnswerFlags) => {
      process.exitCode = await answer(context, { update, id, flags });
    });
  }
};
