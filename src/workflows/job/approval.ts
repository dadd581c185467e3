// A run that would take more than its guard lets through waits here, without a lock, until a person approves exactly
// what it shows, somebody stops it, or a day has passed.
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { BeginInput, BeginResult } from '../../activities/job/begin.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { holdWords } from '../../domain/jobs/control.ts';
import {
  APPROVAL_SECONDS,
  type ApprovalRequest,
  type Approved,
  requestWords,
} from '../../domain/jobs/guard.ts';
import { approvalSummary } from '../display.ts';
import type { ApproveEvent } from '../messages.ts';
import { begin } from '../proxies.ts';
import { refuse } from './controls.ts';
import type { RunControl } from './job-control.ts';
import type { JobView } from './job-view.ts';
import type { RunAlerts } from './run-alerts.ts';

/** What waits for an answer, and the answer. */
export interface Approvals {
  /** Refuses an answer to anything but what is shown. */
  readonly check: (event: ApproveEvent) => void;
  readonly approve: (event: ApproveEvent) => void;
  /** Shows the request and waits for the answer, or until the run is to stop. */
  readonly wait: (request: ApprovalRequest, stopped: () => boolean) => Promise<Approved | undefined>;
}

const count = (n: number): string => n.toLocaleString('en-US');

export const createApprovals = (view: JobView): Approvals => {
  let shown: ApprovalRequest | undefined;
  let approved: Approved | undefined;

  const waitingRequest = (): ApprovalRequest =>
    shown ?? refuse(`it does not wait for approval, it is ${view.state()}`);

  return {
    check: ({ eligible, cutoff }) => {
      const request = waitingRequest();
      if (eligible === request.eligible && cutoff === request.cutoff) return;
      refuse(
        `what it shows is ${count(request.eligible)} rows before ${request.cutoff}, and the answer names ` +
          `${typeof eligible === 'number' ? count(eligible) : 'no'} rows before ${cutoff ?? 'no cutoff'}; look again`,
      );
    },
    approve: ({ by, reason }) => {
      approved = { by, ...(reason && { reason }), request: waitingRequest() };
      shown = undefined;
      view.approved();
    },
    wait: async (request, stopped) => {
      shown = request;
      approved = undefined;
      const ms = APPROVAL_SECONDS * 1000;
      view.waitingForApproval({ ...request, expiresAt: new Date(Date.now() + ms).toISOString() });
      const answered = await condition(() => approved !== undefined || stopped(), ms, {
        summary: approvalSummary(request),
      });
      shown = undefined;
      if (!answered) {
        throw ApplicationFailure.nonRetryable(
          `nobody approved within 24 h: ${requestWords(request)}; nothing was deleted`,
          FAILURE_TYPES.notApproved,
        );
      }
      return approved;
    },
  };
};

interface Waiting {
  readonly control: Pick<RunControl, 'approvals' | 'stop' | 'goOn' | 'waits'>;
  readonly alerts: Pick<RunAlerts, 'waitsForApproval' | 'answered'>;
}

type Begun = Exclude<BeginResult, { readonly approval: ApprovalRequest }>;

/** Begins the run, asking as often as what it found is above what was approved. */
export const beginApproved = async (input: BeginInput, { control, alerts }: Waiting): Promise<Begun> => {
  let approved: Approved | undefined;
  for (;;) {
    const result = await begin({ ...input, ...(approved && { approved }) });
    if (result.begun || !result.approval) return result;
    alerts.waitsForApproval(result.approval);
    const from = Date.now();
    try {
      approved = await control.approvals.wait(result.approval, () => control.stop() !== undefined);
    } finally {
      control.waits.since(from, 'approvalMs');
    }
    const stop = control.stop();
    if (stop) {
      alerts.answered({ by: stop.by, note: holdWords(stop) });
      await control.goOn();
    }
    if (approved) alerts.answered({ by: approved.by, note: 'approved the run' });
  }
};
