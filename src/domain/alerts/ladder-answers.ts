// What an answer makes of a ladder, pure: somebody has it, will have it later, gives it to another or back.
import { arm, climb, lastTold, nextTelling, tellResponsible, wakeAgain } from './ladder-climb.ts';
import { end, forgiven, type LadderState, run, type Step, stand } from './ladder-state.ts';
import type { PolicySnapshot } from './policy.ts';

interface Answered {
  readonly by: string;
  readonly atMs: number;
}

/** `untilMs` is the answer's own expiry, which counts before the policy's. A second acknowledgement neither hastens nor delays what is overdue. */
export const acknowledge = (
  policy: PolicySnapshot | undefined,
  state: LadderState,
  {
    by,
    atMs,
    untilMs: own,
    untilWords,
  }: Answered & { readonly untilMs?: number; readonly untilWords?: string },
): LadderState => {
  const expires = policy?.ackExpiresSeconds;
  const untilMs = own ?? (expires === undefined ? undefined : atMs + expires * 1000);
  return {
    ...forgiven(stand(state, atMs)),
    status: 'acknowledged',
    by,
    ...(untilMs !== undefined && { untilMs }),
    ...(untilWords !== undefined && { untilWords }),
    ...overdueOf(policy, state, atMs),
  };
};

const overdueOf = (
  policy: PolicySnapshot | undefined,
  { status, overdue, overdueAtMs }: LadderState,
  atMs: number,
): Pick<LadderState, 'overdue' | 'overdueAtMs'> => {
  if (status === 'acknowledged' && overdue) return { overdue };
  const after = policy?.ackOverdueSeconds;
  const first = status === 'acknowledged' ? overdueAtMs : undefined;
  const at = first ?? (after === undefined ? undefined : atMs + after * 1000);
  return at === undefined ? {} : { overdueAtMs: at };
};

/** `untilWords` is the end as whoever asked for it named it. */
export const snooze = (
  state: LadderState,
  { by, atMs, untilMs, untilWords }: Answered & { readonly untilMs: number; readonly untilWords?: string },
): LadderState => ({
  ...forgiven(stand(state, atMs)),
  status: 'snoozed',
  by,
  untilMs,
  ...(untilWords !== undefined && { untilWords }),
});

export const resolve = (state: LadderState, by?: string): LadderState => ({
  ...end(state),
  ...(by !== undefined && { by }),
});

/** Nobody has it any more: the last tier told is told again, and the ladder goes on. Nothing where nobody had it. */
export const unacknowledge = (policy: PolicySnapshot | undefined, state: LadderState, atMs: number): Step => {
  if (state.status !== 'acknowledged' && state.status !== 'snoozed') return { state };
  const running = run(state, atMs);
  return policy ? wakeAgain(policy, running, atMs, 'acknowledgement undone') : { state: running };
};

/**
 * Somebody else is to take it on, and is told at once. They have not said yes yet, so an acknowledgement or snooze
 * ends, and the next tier comes if they do not answer in the time that the last one had.
 */
export const reassign = (
  policy: PolicySnapshot | undefined,
  state: LadderState,
  { to, atMs }: { readonly to: string; readonly atMs: number },
): Step => {
  if (state.status === 'resolved') return { state };
  const running = run(state, atMs);
  return policy ? tellResponsible(policy, running, { to, atMs }) : { state: { ...running, responsible: to } };
};

/**
 * The next tier that tells anybody, now; what it passes over is not marked, since nothing was missed. Ends an
 * acknowledgement or snooze; after the last tier it wakes that one again.
 */
export const escalateNow = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const running = run(state, atMs);
  const next = nextTelling(policy, running);
  return next < 0
    ? wakeAgain(policy, running, atMs, 'escalated by hand')
    : climb(policy, { ...running, nextTier: next }, atMs, 'escalated by hand');
};

/** A named tier at once, told before or not; those after it keep their distance from it (TRACKS-56). */
export const escalateTo = (
  policy: PolicySnapshot,
  state: LadderState,
  { tier, atMs }: { readonly tier: string; readonly atMs: number },
): Step => {
  const index = policy.tiers.findIndex(({ name }) => name === tier);
  return index < 0 ? { state } : arm(policy, run(state, atMs), index, { atMs, reason: 'escalated by hand' });
};

/** Where an acknowledgement's end leads: to the policy's named tier, else to the last one told. */
export const expire = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const running = run(state, atMs);
  const named = policy.tiers.findIndex(({ name }) => name === policy.ackExpiresTo);
  const reason = 'acknowledgement expired';
  if (named < 0) return wakeAgain(policy, running, atMs, reason);
  return named === lastTold(policy, running) && named >= running.nextTier
    ? wakeAgain(policy, running, atMs, reason)
    : arm(policy, running, named, { atMs, reason });
};
