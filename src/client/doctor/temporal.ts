// Temporal: that it answers, that every schedule is there and goes on, that a worker serves every queue.
import type { Client } from '@temporalio/client';
import { connectClient, type TemporalAddress } from '../../adapters/temporal/connect.ts';
import {
  ACTIVITIES,
  FRESH_SECONDS,
  type Poller,
  readPollers,
  WORKFLOWS,
} from '../../adapters/temporal/pollers.ts';
import { readScheduleStanding } from '../../adapters/temporal/schedule-look.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { CANARY } from '../../domain/alerts/self.ts';
import { formatDuration } from '../../domain/duration.ts';
import { RECONCILE_SCHEDULE_ID, scheduleIdOf } from '../../domain/ids.ts';
import { queueTable } from '../../worker/queues.ts';
import { declaredSchedules } from '../sync/schedule-spec.ts';
import { type Check, check, type Finding, fail, pass, warn } from './check.ts';

const NEXT = 'see that it runs, and TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and its credentials';

export const temporalChecks = async (
  catalog: Catalog,
  address: TemporalAddress,
): Promise<readonly Check[]> => {
  let session: Awaited<ReturnType<typeof connectClient>> | undefined;
  try {
    const answer = await check('temporal', NEXT, async () => {
      session = await connectClient(address);
      const { client } = session;
      const { namespace } = client.options;
      await client.workflowService.describeNamespace({ namespace });
      return pass(`answers, namespace ${namespace}`);
    });
    if (answer.verdict !== 'PASS' || !session) return [answer];
    const { client } = session;
    const more = [scheduleChecks(client, catalog), queueChecks(client, catalog)];
    return [answer, ...(await Promise.all(more)).flat()];
  } finally {
    await session?.close();
  }
};

/** Without these nothing is repaired, or nobody notices that nothing is told. */
const VITAL: ReadonlySet<string> = new Set([RECONCILE_SCHEDULE_ID, scheduleIdOf(CANARY.monitorId)]);

const MOST_NAMED = 5;
const named = (ids: readonly string[]): string =>
  ids.length > MOST_NAMED
    ? `${ids.slice(0, MOST_NAMED).join(', ')} and ${ids.length - MOST_NAMED} more`
    : ids.join(', ');

const scheduleChecks = async (client: Client, catalog: Catalog): Promise<readonly Check[]> => {
  const ids = declaredSchedules(catalog).map(({ id }) => id);
  const all = check('schedules', NEXT, async () => {
    const found = await Promise.all(
      ids.map(async (id) => ({ id, standing: await readScheduleStanding(client, id) })),
    );
    const missing = found.filter(({ standing }) => !standing).map(({ id }) => id);
    if (missing.length > 0) return fail(`not there: ${named(missing)}`, '`sexton plan`, then `sexton apply`');
    const paused = found.filter(({ standing }) => standing?.paused);
    if (paused.length === 0) return pass(`${ids.length}, none is paused`);
    const words = paused.map(({ id, standing }) => `${id}${standing?.note ? ` (${standing.note})` : ''}`);
    const judge = paused.some(({ id }) => VITAL.has(id)) ? fail : warn;
    return judge(`paused: ${named(words)}`, '`sexton schedule resume NAME` where that is over');
  });
  return [await all];
};

const queueChecks = (client: Client, { databases }: Catalog): Promise<readonly Check[]> =>
  Promise.all(
    queueTable(databases).map(({ taskQueue, workflows }) =>
      check(`queue ${taskQueue}`, NEXT, async () => {
        const types = workflows ? [WORKFLOWS, ACTIVITIES] : [ACTIVITIES];
        const found = await Promise.all(types.map((type) => readPollers(client, taskQueue, type)));
        // The worse of the two is what counts.
        return found.map(judgePollers).toSorted((a, b) => RANK[b.verdict] - RANK[a.verdict])[0] ?? pass('');
      }),
    ),
  );

const RANK = { PASS: 0, WARN: 1, FAIL: 2 } as const;

const judgePollers = (pollers: readonly Poller[]): Finding => {
  const next = 'start `sexton worker`';
  if (pollers.length === 0) return fail('nobody has asked for work in the last five minutes', next);
  const fresh = pollers.filter(({ secondsAgo }) => secondsAgo <= FRESH_SECONDS);
  const workers = new Set(fresh.map(({ identity }) => identity)).size;
  if (workers > 0) return pass(`${workers} worker${workers === 1 ? '' : 's'}`);
  const ago = formatDuration(Math.round(Math.min(...pollers.map(({ secondsAgo }) => secondsAgo))));
  return warn(
    `nobody has asked for work for ${ago}`,
    `all slots are taken, or the workers are gone: ${next}`,
  );
};
