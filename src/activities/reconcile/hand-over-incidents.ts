// Incidents whose escalation does not know their newest state, or is gone: told again, or started again.
import { Context } from '@temporalio/activity';
import {
  markHandedOver,
  readStalledIncidents,
  readWaitingHandOvers,
} from '../../adapters/postgres/alerts/incidents.ts';
import { isRunning, listAbnormalCloses } from '../../adapters/temporal/executions.ts';
import { signalWithStartEscalation } from '../../adapters/temporal/start-escalation.ts';
import type { HandOver } from '../../domain/alerts/alert.ts';
import type { ReconcileSettings } from '../../domain/reconcile.ts';
import type { Dependencies } from '../dependencies.ts';
import { apart } from './apart.ts';

type Deps = Pick<Dependencies, 'databases' | 'temporal'>;

/** Workflow ids of the escalations that were told or started. */
export const handOverIncidents = async (
  dependencies: Deps,
  { waitedSeconds, closedWithinSeconds }: ReconcileSettings,
): Promise<readonly string[]> => {
  const { databases, temporal } = dependencies;
  const told: string[] = [];
  const tellApart = (each: HandOver, wanted = async () => true): Promise<boolean> =>
    apart(each.workflowId, async () => {
      if ((await wanted()) && (await tell(dependencies, each))) told.push(each.workflowId);
    });
  for (const each of await readWaitingHandOvers(databases.home, waitedSeconds)) {
    await tellApart(each);
  }
  const stopped = await listAbnormalCloses(temporal, 'escalation', closedWithinSeconds * 1000);
  const ids = stopped.map(({ workflowId }) => workflowId);
  for (const each of await readStalledIncidents(databases.home, waitedSeconds, ids)) {
    await tellApart(each, async () => !(await isRunning(temporal, each.workflowId)));
  }
  return told;
};

const tell = async ({ databases, temporal }: Deps, handOver: HandOver): Promise<boolean> => {
  Context.current().heartbeat();
  const told = await signalWithStartEscalation(temporal, handOver);
  if (told) await markHandedOver(databases.home, handOver.number, handOver.seq);
  return told;
};
