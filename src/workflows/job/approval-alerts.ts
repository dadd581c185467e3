// What people hear of a run that waits for approval: once a request that it waits, and that it is answered.
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { approvalReport, type Subject } from '../../domain/jobs/alerts.ts';
import type { ApprovalRequest } from '../../domain/jobs/guard.ts';
import type { Reporter } from './reporter.ts';

export interface ApprovalAlerts {
  /** Tells people, once a request, that the run waits for one of them. */
  readonly waitsForApproval: (request: ApprovalRequest) => void;
  /** Somebody has answered: whoever was told of the wait need not be told again. */
  readonly answered: (who: { readonly by: string; readonly note: string }) => void;
}

interface Waits extends ApprovalAlerts {
  /** When it asked last, by the target's clock; undefined where it never did. */
  readonly askedAt: () => string | undefined;
  /** Settles once all of it is told; undefined where there was nothing. */
  readonly told: () => Promise<void> | undefined;
}

interface WaitsInput extends Pick<Subject, 'job' | 'runId' | 'budgetSeconds'> {
  readonly reporter: Reporter;
}

export const createApprovalAlerts = ({ reporter, ...run }: WaitsInput): Waits => {
  const { report, acknowledge } = reporter;
  let askedAt: string | undefined;
  let told: Promise<void> | undefined;

  return {
    waitsForApproval: (asked) => {
      askedAt = asked.askedAt;
      const subject: Subject = { ...run, workflowId: workflowInfo().workflowId, startedAt: askedAt };
      const tell = (): Promise<void> =>
        CancellationScope.nonCancellable(() => report(() => [approvalReport(subject, asked)]));
      told = told ? told.then(tell) : tell();
    },
    answered: (who) => {
      const rule = run.job.alerts?.failure?.rule.name;
      if (rule !== undefined) told = told?.then(() => acknowledge(rule, who));
    },
    askedAt: () => askedAt,
    told: () => told,
  };
};
