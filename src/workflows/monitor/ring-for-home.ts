// Rings without Postgres for everything that is no run: one ladder for all of them, started by whoever is first.
import { degradedInput } from '../../domain/alerts/escalation.ts';
import { HOME_DATABASE_ESCALATION_ID } from '../../domain/ids.ts';
import { homeDatabaseAway, type Noticer } from '../../domain/monitors/home-database.ts';
import { startEscalation } from '../hand-over.ts';

/** Returns the ladder that rings, whoever started it. */
export const ringForHome = async (
  noticer: Noticer,
  away: { readonly tick: string; readonly seconds: number },
): Promise<string> => {
  const workflowId = HOME_DATABASE_ESCALATION_ID;
  const report = homeDatabaseAway(noticer, away);
  const input = degradedInput({
    // Of this outage alone: what providers were told of an earlier one must not be taken for a repeat of it.
    id: `${workflowId}@${away.tick}`,
    report,
    firing: report.firing,
    firstFiredAt: new Date().toISOString(),
  });
  // The next outage rings again, however the ladder of the last one ended.
  await startEscalation(workflowId, input, { again: true });
  return workflowId;
};
