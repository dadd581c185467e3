// Incidents whose escalation does not know their newest state, or is gone: told again, or started again. Oldest first,
// a batch at a time, several at once: thousands wait for nobody, and one that cannot be told keeps no other waiting.
import { performance } from 'node:perf_hooks';
import { Context } from '@temporalio/activity';
import type { RuleName } from '../../adapters/postgres/alerts/alert-states.ts';
import { readStalledIncidents, readWaitingHandOvers } from '../../adapters/postgres/alerts/hand-overs.ts';
import { markHandedOver } from '../../adapters/postgres/alerts/incidents.ts';
import { isRunning, listAbnormalCloses } from '../../adapters/temporal/executions.ts';
import { tellEscalation } from '../../adapters/temporal/start-escalation.ts';
import type { HandOver } from '../../domain/alerts/alert.ts';
import type { ReconcileSettings } from '../../domain/reconcile.ts';
import type { Dependencies } from '../dependencies.ts';
import { apart } from './apart.ts';

type Deps = Pick<Dependencies, 'databases' | 'temporal'>;

/** Hand-overs under way at once. */
const AT_ONCE = 20;
const BATCH = 200;
/** What is left then comes with the next tick: runs wait for their repair, too. */
const LONGEST_MS = 90_000;
/** The most ids in an answer, which stands in a history. */
const MOST_NAMED = 200;

/** Workflow ids of the first escalations that were told or started; `atOnce` are rules whose news waits no longer. */
export const handOverIncidents = async (
  dependencies: Deps,
  { waitedSeconds, closedWithinSeconds }: ReconcileSettings,
  atOnce: readonly RuleName[] = [],
): Promise<readonly string[]> => {
  const { databases, temporal } = dependencies;
  const until = performance.now() + LONGEST_MS;
  const told: string[] = [];
  const tellApart = (each: HandOver, wanted: () => Promise<boolean>): Promise<boolean> =>
    apart(each.workflowId, async () => {
      if ((await wanted()) && (await tell(dependencies, each)) && told.length < MOST_NAMED)
        told.push(each.workflowId);
    });
  await inBatches(
    until,
    (above) => readWaitingHandOvers(databases.home, { waitedSeconds, above, most: BATCH, atOnce }),
    (each) => tellApart(each, async () => true),
  );
  const stopped = (await listAbnormalCloses(temporal, 'escalation', closedWithinSeconds * 1000)).map(
    ({ workflowId }) => workflowId,
  );
  await inBatches(
    until,
    (above) => readStalledIncidents(databases.home, { waitedSeconds, above, most: BATCH, stopped }),
    (each) => tellApart(each, async () => !(await isRunning(temporal, each.workflowId))),
  );
  return told;
};

const inBatches = async (
  untilMs: number,
  read: (above: number) => Promise<readonly HandOver[]>,
  work: (each: HandOver) => Promise<unknown>,
): Promise<void> => {
  let above = 0;
  while (performance.now() < untilMs) {
    const batch = await read(above);
    await concurrently(batch, work);
    above = batch.at(-1)?.number ?? above;
    if (batch.length < BATCH) return;
  }
};

const concurrently = async (
  batch: readonly HandOver[],
  work: (each: HandOver) => Promise<unknown>,
): Promise<void> => {
  const left = batch.values();
  const one = async (): Promise<void> => {
    for (const each of left) {
      Context.current().heartbeat();
      await work(each);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
};

const tell = async ({ databases, temporal }: Deps, handOver: HandOver): Promise<boolean> => {
  const told = await tellEscalation(temporal, handOver);
  if (told) await markHandedOver(databases.home, handOver.number, handOver.seq);
  return told;
};
