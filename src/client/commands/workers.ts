// `sexton workers`: who serves each queue, and whether it is the code that stands here. Changes nothing.
import Table from 'cli-table3';
import type { Command } from 'commander';
import { ACTIVITIES, FRESH_SECONDS, readPollers, WORKFLOWS } from '../../adapters/temporal/pollers.ts';
import { buildId } from '../../config/build-id.ts';
import { buildOf } from '../../domain/worker-identity.ts';
import { queueTable } from '../../worker/queues.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';

/** `none`: nobody asks it for work. `older`: nobody of the expected build does. */
type QueueStatus = 'current' | 'older' | 'none';

interface ServedQueue {
  readonly queue: string;
  readonly status: QueueStatus;
  readonly workers: readonly { readonly identity: string; readonly build: string | null }[];
}

const EXIT_OF: Readonly<Record<QueueStatus, number>> = {
  current: EXIT.yes,
  older: EXIT.no,
  none: EXIT.bad,
};

/** The worst of what is asked for: a queue without anybody for its workflows is served by nobody. */
const worstOf = (statuses: readonly QueueStatus[]): QueueStatus =>
  (['none', 'older'] as const).find((each) => statuses.includes(each)) ?? 'current';

const look = async (
  { client }: Session,
  { taskQueue, workflows }: ReturnType<typeof queueTable>[number],
  expected: string,
): Promise<ServedQueue> => {
  const types = workflows ? [WORKFLOWS, ACTIVITIES] : [ACTIVITIES];
  const found = await Promise.all(
    types.map(async (type) => {
      const pollers = await readPollers(client, taskQueue, type);
      return pollers.flatMap(({ identity, secondsAgo }) => (secondsAgo <= FRESH_SECONDS ? [identity] : []));
    }),
  );
  const statusOf = (identities: readonly string[]): QueueStatus => {
    if (identities.length === 0) return 'none';
    return identities.some((identity) => buildOf(identity) === expected) ? 'current' : 'older';
  };
  return {
    queue: taskQueue,
    status: worstOf(found.map(statusOf)),
    workers: [...new Set(found.flat())]
      .toSorted()
      .map((identity) => ({ identity, build: buildOf(identity) ?? null })),
  };
};

const WORDS: Readonly<Record<QueueStatus, string>> = {
  current: 'expected build',
  older: 'another build only',
  none: 'nobody',
};

const table = (queues: readonly ServedQueue[]): string => {
  const rows = new Table({ head: ['queue', 'served by', 'workers'], style: { head: [], border: [] } });
  for (const { queue, status, workers } of queues)
    rows.push([queue, WORDS[status], workers.map(({ identity }) => identity).join('\n')]);
  return rows.toString();
};

interface WorkersFlags {
  readonly pack?: string;
  readonly json?: boolean;
}

const workers = (context: CommandContext, { pack, json = false }: WorkersFlags): Promise<number> =>
  inSession(context, async (session) => {
    const { databases } = session.catalog;
    const meant = databases.filter((each) => pack === undefined || each.pack === pack);
    const build = buildId();
    const queues = await Promise.all(queueTable(meant).map((queue) => look(session, queue, build)));
    const codes = queues.map(({ status }) => EXIT_OF[status]);
    const worst = Math.max(...codes);
    const verdict = {
      [EXIT.yes]: 'every queue is served by it',
      [EXIT.no]: 'start workers of it, and stop the others',
      [EXIT.bad]: 'a queue is served by nobody: `sexton worker` starts one',
    }[worst];
    context.out.write(
      json
        ? `${JSON.stringify({ expectedBuild: build, queues })}\n`
        : `${table(queues)}\nexpected build ${build}: ${verdict}\n`,
    );
    return worst;
  });

/** Adds `workers` to the program; the exit code goes to process.exitCode. */
export const registerWorkers = (program: Command, context: CommandContext): void => {
  program
    .command('workers')
    .description(
      'who serves each queue, and whether it is the build that stands here; exit 1 an older one, 2 nobody',
    )
    .option('--pack <name>', 'only queues that the pack needs')
    .option('--json', 'one JSON object')
    .action(async (flags: WorkersFlags) => {
      process.exitCode = await workers(context, flags);
    });
};
