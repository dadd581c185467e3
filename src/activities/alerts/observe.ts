// `observe`: the one door for everything that notices something. Level-triggered: the transaction that changes a
// condition also writes what must follow, and the answer is what has not been handed over yet, not what changed
// just now. So a retry after a crash returns the same work.
import { lockAlertState, writeAlertState } from '../../adapters/postgres/alerts/alert-states.ts';
import {
  closedByHandWithin,
  lockIncident,
  type OpenIncident,
  openIncident,
  readHandOversOfRule,
  resolveIncident,
  setWorkflow,
  updateFiring,
} from '../../adapters/postgres/alerts/incidents.ts';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import type { HandOver, Report } from '../../domain/alerts/alert.ts';
import { fingerprint } from '../../domain/ids.ts';
import type { Dependencies } from '../dependencies.ts';

export interface ObserveInput {
  readonly reports: readonly Report[];
}

export const createObserve =
  ({ databases }: Pick<Dependencies, 'databases'>) =>
  async ({ reports }: ObserveInput): Promise<readonly HandOver[]> => {
    const rules = new Map(reports.map(({ rule }) => [`${rule.pack}/${rule.name}`, rule]));
    await inTransaction(databases.home, async (tx) => {
      // In one order everywhere, so that two observers of the same series cannot lock each other out.
      const keyed = reports.map((report) => ({ report, key: fingerprintOf(report) }));
      for (const { report, key } of keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)))
        await take(tx, key, report);
    });
    const found: HandOver[] = [];
    for (const rule of rules.values()) found.push(...(await readHandOversOfRule(databases.home, rule)));
    return found;
  };

const fingerprintOf = ({ rule, labels }: Report): string => fingerprint(rule.pack, rule.name, labels);

const take = async (tx: Queryable, key: string, report: Report): Promise<void> => {
  const known = await lockAlertState(tx, key, report);
  const older = known.subjectAt !== null && Date.parse(known.subjectAt) > Date.parse(report.subjectAt);
  // An older subject never resolves: it has not seen what the newer one saw.
  if (older && !report.firing) return;
  await writeAlertState(tx, key, report);
  const incident = await lockIncident(tx, key);
  const wasFiring = known.state === 'firing';
  if (report.firing) await fires(tx, key, { ...report, firing: report.firing, wasFiring }, incident);
  else if (incident) await resolveIncident(tx, incident.number);
};

interface Fired extends Report {
  readonly firing: NonNullable<Report['firing']>;
  /** The series has not been fine since it was last looked at. */
  readonly wasFiring: boolean;
}

const fires = async (
  tx: Queryable,
  key: string,
  report: Fired,
  incident: OpenIncident | undefined,
): Promise<void> => {
  const { firing, rule, ringing, wasFiring } = report;
  if (!incident) {
    if (wasFiring && (await closedByHandWithin(tx, key, rule.reopenAfterSeconds))) return;
    return openIncident(tx, key, report);
  }
  if (ringing && incident.handedSeq === 0) await setWorkflow(tx, incident.number, ringing);
  const byHand = incident.state === 'resolved' && incident.resolvedBy !== null;
  // Resolved by a person while it was still true: left alone for a while, closed or not, then opened again.
  if (wasFiring && byHand && (incident.resolvedSecondsAgo ?? 0) < rule.reopenAfterSeconds) return;
  const changed = incident.state === 'resolved' || incident.severity !== firing.severity;
  await updateFiring(tx, incident.number, firing, changed);
};
