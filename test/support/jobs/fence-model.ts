// The fence row in memory, moved by the same rules as src/adapters/postgres/runs/fence.ts and
// src/activities/slice/tenure.ts move the real one, with the pure verdict between them.
import { type Claim, judgeFence } from '../../../src/domain/jobs/fence.ts';

/** An attempt at a slice; it never forgets that it was once let in. */
export interface Attempt {
  readonly runId: string;
  readonly slice: number;
  readonly attempt: number;
  /** Steps of the model, for telling before from after. */
  readonly createdAt: number;
  enteredAt: number;
  claim: Claim;
}

/** What was so when an attempt was let in, or wrote a batch. */
interface Act {
  readonly attempt: Attempt;
  readonly past: {
    readonly entered: readonly Attempt[];
    readonly ended: ReadonlySet<string>;
    readonly owner: string | undefined;
  };
}

const CLOSED = 2_147_483_647;

export const aFenceModel = () => {
  let row: Claim | undefined;
  let clock = 0;
  let acts: Act[] = [];
  const attempts: Attempt[] = [];
  const entered: Attempt[] = [];
  const begun = new Map<string, { epoch: number; slice: number; attempt: number }>();
  const ended = new Set<string>();

  const past = () => ({ entered: [...entered], ended: new Set(ended), owner: row?.runId });
  const holds = ({ claim }: Attempt): boolean =>
    row !== undefined &&
    row.runId === claim.runId &&
    row.epoch === claim.epoch &&
    row.slice === claim.slice &&
    row.attempt === claim.attempt;

  const enter = (attempt: Attempt): void => {
    const before = past();
    const verdict = judgeFence(row, attempt.claim);
    if (verdict === 'superseded' || verdict === 'takenOver') return;
    const { claim } = attempt;
    row = {
      ...claim,
      epoch: verdict === 'enter' ? Math.max(row?.epoch ?? 0, claim.epoch) : claim.epoch + 1,
    };
    attempt.claim = row;
    attempt.enteredAt = clock;
    entered.push(attempt);
    acts.push({ attempt, past: before });
  };

  const raise = (attempt: Attempt): void => {
    const before = past();
    const { claim } = attempt;
    const own = row?.runId === claim.runId && row.slice === claim.slice && row.attempt === claim.attempt;
    const verdict = own ? 'enter' : judgeFence(row, claim);
    if (verdict === 'superseded' || verdict === 'takenOver') return;
    row = { ...claim, epoch: Math.max(row?.epoch ?? 0, claim.epoch) + 1 };
    attempt.claim = row;
    acts.push({ attempt, past: before });
  };

  const schedule = (runId: string, again: boolean): void => {
    clock += 1;
    const run = begun.get(runId);
    if (!run || ended.has(runId)) return;
    const isRetry = again && run.slice > 0;
    run.slice += isRetry ? 0 : 1;
    run.attempt = isRetry ? run.attempt + 1 : 1;
    const { epoch, slice, attempt } = run;
    const claim = { runId, epoch, slice, attempt };
    attempts.push({ runId, slice, attempt, createdAt: clock, enteredAt: 0, claim });
  };

  return {
    /** A run takes the resource, once: the Redis lock was free, or was lost. */
    begin: (runId: string): void => {
      clock += 1;
      if (begun.has(runId)) return;
      row = { runId, epoch: (row?.epoch ?? 0) + 1, slice: 0, attempt: 0 };
      begun.set(runId, { epoch: row.epoch, slice: 0, attempt: 0 });
    },
    end: (runId: string): void => {
      clock += 1;
      if (!begun.has(runId)) return;
      if (row?.runId === runId) row = { ...row, slice: CLOSED };
      ended.add(runId);
    },
    /** The workflow hands its next slice to a worker; the attempt acts when and if it comes to it. */
    slice: (runId: string): void => schedule(runId, false),
    /** Temporal hands the same slice to another worker. */
    retry: (runId: string): void => schedule(runId, true),
    /** The n-th newest attempt does something, however long ago it was replaced. */
    act: (newest: number, what: 'enter' | 'raise' | 'batch'): void => {
      clock += 1;
      acts = [];
      const attempt = attempts[attempts.length - 1 - newest];
      if (!attempt) return;
      if (what === 'enter' && attempt.enteredAt === 0) enter(attempt);
      if (what === 'raise' && attempt.enteredAt > 0) raise(attempt);
      if (what === 'batch' && attempt.enteredAt > 0 && holds(attempt)) acts.push({ attempt, past: past() });
    },
    /** Attempts that would get a batch committed now. */
    holders: (): readonly Attempt[] => attempts.filter((attempt) => attempt.enteredAt > 0 && holds(attempt)),
    /** What the last step let an attempt do. */
    acts: (): readonly Act[] => acts,
  };
};
