// Brings a run's reports to the door and hands over what follows. When the door does not answer, the run rings by
// itself: a breach must not wait for the database that may have caused it.
import type { Firing, HandOver, Report } from '../../domain/alerts/alert.ts';
import { degradedInput } from '../../domain/alerts/escalation.ts';
import { degradedEscalationWorkflowId, incidentId } from '../../domain/ids.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import { acknowledgeEscalation, handOver, startEscalation, worsenEscalation } from '../hand-over.ts';
import { observeWithin } from '../proxies.ts';

/** Reports are made anew where the run has to ring: what was a warning may be worse by then. */
type Tell = (make: () => readonly (Report | undefined)[]) => Promise<void>;

export interface Reporter {
  readonly report: Tell;
  /** Answers the ladder that this run's report of the rule has started, if it has. */
  readonly acknowledge: (rule: string, who: { readonly by: string; readonly note: string }) => Promise<void>;
}

interface ReporterInput {
  readonly job: JobSnapshot;
  readonly runId: string;
}

export const createReporter = ({ job, runId }: ReporterInput): Reporter => {
  /** Ladders that tell of this run, by the name of their rule: the incident's, or one that the run rang by itself. */
  const ladders = new Map<string, string>();
  const rung = new Map<string, string>();

  const named = (report: Report): Report => {
    const ringing = rung.get(report.rule.name);
    return { ...report, ...(ringing !== undefined && { ringing }) };
  };

  const remember = (given: readonly Report[], found: readonly HandOver[]): void => {
    for (const { rule } of given) {
      const own = found.find(
        ({ number, incident: { id, firing } }) =>
          id === incidentId(rule.pack, rule.name, number) && firing.payload['run_id'] === runId,
      );
      if (own) ladders.set(rule.name, own.workflowId);
    }
  };

  const ring = async (loud: Report, firing: Firing): Promise<void> => {
    const { rule } = loud;
    const policy = rule.routes[firing.severity];
    const going = ladders.get(rule.name);
    if (going && (await worsenEscalation(going, { firing, policy }))) return;
    const first = degradedEscalationWorkflowId(job.pack, job.name, runId);
    const workflowId = rung.get(rule.name) ?? (rung.size === 0 ? first : `${first}/${rule.name}`);
    ladders.set(rule.name, workflowId);
    rung.set(rule.name, workflowId);
    const firstFiredAt = new Date().toISOString();
    await startEscalation(workflowId, degradedInput({ id: workflowId, report: loud, firing, firstFiredAt }));
  };

  const report: Tell = async (make) => {
    const given = make().filter((each) => each !== undefined);
    if (given.length === 0) return;
    const observe = observeWithin(job.settings.ringAfterSeconds);
    const found = await observe({ reports: given.map(named) }).catch(() => undefined);
    if (found) {
      await handOver(found);
      remember(given, found);
    } else {
      for (const each of make()) if (each?.firing) await ring(each, each.firing);
    }
  };

  return {
    report,
    acknowledge: async (rule, who) => {
      const going = ladders.get(rule);
      if (going) await acknowledgeEscalation(going, who);
    },
  };
};
