// `sexton deadletters`, `sexton deadletter retry | drop ID`: messages that no channel took, until somebody has sent them
// again under their key or put them aside.
import { userInfo } from 'node:os';
import { WorkflowFailedError } from '@temporalio/client';
import Table from 'cli-table3';
import type { Command } from 'commander';
import type { RedeliverResult } from '../../activities/alerts/redeliver.ts';
import {
  type DeadLetter,
  dropDeadLetter,
  isDead,
  listDeadLetters,
} from '../../adapters/postgres/alerts/dead-letters.ts';
import { UnknownNameError } from '../../catalog/catalog.ts';
import { messageId, ORCHESTRATION_QUEUE, parseMessageId, redeliverWorkflowId } from '../../domain/ids.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';
import { withPool } from '../with-pool.ts';
import type { IncidentsContext } from './incidents.ts';

export interface DeadLetterFlags {
  readonly by?: string;
  readonly json?: boolean;
}

const table = (letters: readonly DeadLetter[]): string => {
  const rows = new Table({
    head: ['dead letter', 'incident', 'severity', 'state', 'died', 'tries', 'why', 'what'],
    style: { head: [], border: [] },
    wordWrap: true,
  });
  for (const letter of letters) {
    const { incident, severity, state, diedAt, tries, error, status, summary } = letter;
    const what = status === 'firing' ? summary : `${status}: ${summary}`;
    rows.push([messageId(letter), incident, severity, state, diedAt, tries, error, what]);
  }
  return rows.toString();
};

/** Exit code 1 while there are any. */
export const deadLetters = async (
  { load, out }: IncidentsContext,
  { json = false }: { readonly json?: boolean },
): Promise<number> => {
  const { home } = await load();
  const found = await withPool(home.url, listDeadLetters);
  const named = found.map((letter) => ({ id: messageId(letter), ...letter }));
  if (json) out.write(`${JSON.stringify({ deadletters: named })}\n`);
  else out.write(found.length === 0 ? 'no dead letters\n' : `${table(found)}\n`);
  return found.length > 0 ? EXIT.no : EXIT.yes;
};

const find = async ({ catalog }: Session, id: string) => {
  const message = parseMessageId(id);
  const dead = message && (await withPool(catalog.home.url, (home) => isDead(home, message)));
  if (message && dead) return message;
  throw new UnknownNameError(`no dead letter ${id}; \`sexton deadletters\` lists them`, []);
};

/** The activity's own words, under what Temporal wraps them in. */
const reasonOf = ({ cause, message }: Error): string => (cause instanceof Error ? reasonOf(cause) : message);

/** Sends it again and waits for what comes of it; exit code 1 where its channel refuses it again. */
export const retryDeadLetter = (
  context: CommandContext,
  id: string,
  { by = userInfo().username, json = false }: DeadLetterFlags,
): Promise<number> =>
  inSession(context, async (session) => {
    const message = await find(session, id);
    const handle = await session.client.workflow.start('redeliver', {
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId: redeliverWorkflowId(message),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ ...message, by }],
      staticSummary: `${id}, asked for by ${by}`,
    });
    const result = await handle.result().catch((error: unknown): RedeliverResult => {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return { outcome: 'dead', error: reasonOf(error) };
    });
    const sent = result.outcome === 'sent';
    if (json) context.out.write(`${JSON.stringify({ id, by, ...result })}\n`);
    else
      context.out.write(
        `${id}: ${sent ? `sent, asked for by ${by}` : `not sent: ${result.error ?? 'unknown'}`}\n`,
      );
    return sent ? EXIT.yes : EXIT.no;
  });

export const dropLetter = (
  context: CommandContext,
  id: string,
  { by = userInfo().username, json = false }: DeadLetterFlags,
): Promise<number> =>
  inSession(context, async (session) => {
    const message = await find(session, id);
    const dropped = await withPool(session.catalog.home.url, (home) => dropDeadLetter(home, message, by));
    if (json) context.out.write(`${JSON.stringify({ id, by, dropped })}\n`);
    else
      context.out.write(
        `${id}: ${dropped ? `put aside by ${by}; it stays in the outbox` : 'no dead letter any more'}\n`,
      );
    return dropped ? EXIT.yes : EXIT.no;
  });

/** Adds `deadletters` and `deadletter` to the program; the exit code goes to process.exitCode. */
export const registerDeadLetters = (
  program: Command,
  context: CommandContext,
  { load, out }: IncidentsContext,
): void => {
  program
    .command('deadletters')
    .description('list messages that no channel took; exit 1 while there are any')
    .option('--json', 'one JSON object')
    .action(async (flags: { readonly json?: boolean }) => {
      process.exitCode = await deadLetters({ load, out }, flags);
    });
  const one = program.command('deadletter').description('act on a message that no channel took');
  const acts = {
    retry: [retryDeadLetter, 'send it again, as it was and under its key'],
    drop: [dropLetter, 'put it aside: whoever should have known knows by now'],
  } as const;
  for (const [name, [act, description]] of Object.entries(acts)) {
    one
      .command(name)
      .argument('<id>', 'as `sexton deadletters` lists it: 12/w1/slack:ops-alerts')
      .description(description)
      .option('--by <name>', 'who asks; default: the user of this terminal')
      .option('--json', 'one JSON object')
      .action(async (id: string, flags: DeadLetterFlags) => {
        process.exitCode = await act(context, id, flags);
      });
  }
};
