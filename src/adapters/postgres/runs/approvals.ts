// What a run asked to be approved, and who approved it, in the target's audit log: each once, however often it is tried.
import type pg from 'pg';
import type { ControlAction } from '../../../domain/jobs/audit.ts';
import type { ApprovalRequest, Approved } from '../../../domain/jobs/guard.ts';
import { inTransaction } from '../pool.ts';
import { type ControlSubject, recordControl } from './control.ts';

type Subject = ControlSubject & { readonly runId: string };

/** What of a request the audit log tells. */
const facts = ({ number, askedAt, eligible, isEstimate, cutoff, steps }: ApprovalRequest) => ({
  request: number,
  asked_at: askedAt,
  eligible,
  eligible_is_estimate: isEstimate,
  cutoff,
  limit: [...new Set(steps.map(({ limit }) => limit))].join('; '),
  steps,
});

type Facts = ReturnType<typeof facts>;

/** Asks, unless this run's request of that number stands already; returns what stands. */
export const requestApproval = (
  pool: pg.Pool,
  subject: Subject,
  request: ApprovalRequest,
): Promise<ApprovalRequest> =>
  once(pool, subject, { action: 'CLEANUP_APPROVAL_REQUESTED', number: request.number }, facts(request)).then(
    (told) => ({
      number: request.number,
      askedAt: told.asked_at,
      eligible: told.eligible,
      isEstimate: told.eligible_is_estimate,
      cutoff: told.cutoff,
      steps: told.steps,
    }),
  );

/** Says who approved what. */
export const recordApproval = async (
  pool: pg.Pool,
  subject: Subject,
  { by, reason, request }: Approved,
): Promise<void> => {
  const metadata = { by, ...(reason && { reason }), ...facts(request) };
  await once(pool, subject, { action: 'CLEANUP_APPROVED', number: request.number }, metadata);
};

interface Row {
  readonly action: ControlAction;
  /** Number of the request. */
  readonly number: number;
}

/** Writes a row for this run and request unless there is one; returns what the row that stands says. */
const once = (
  pool: pg.Pool,
  subject: Subject,
  { action, number }: Row,
  metadata: Facts & Partial<Pick<Approved, 'by' | 'reason'>>,
): Promise<Facts> =>
  inTransaction(pool, async (tx) => {
    // An attempt that was given up may still be at work.
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('sexton.approval'), hashtext($1))", [
      subject.runId,
    ]);
    const { rows } = await tx.query(
      `SELECT metadata FROM sexton.audit_log WHERE run_id = $1 AND action = $2 AND metadata ->> 'request' = $3`,
      [subject.runId, action, String(number)],
    );
    if (rows[0]) return rows[0].metadata;
    await recordControl(tx, subject, action, metadata);
    return metadata;
  });
