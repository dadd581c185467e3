// A ladder played from a first firing on, with the people, overrides and quiet hours of those instants: what would happen,
// minute by minute. The same pure ladder decides as in an escalation.
import type { RunTimeOverrides } from '../activities/alerts/on-call.ts';
import { reach } from '../activities/alerts/reach.ts';
import {
  acknowledge,
  hold,
  type LadderState,
  nextDue,
  passDue,
  passEmpty,
  type Step,
  shownSeverity,
  snooze,
  startLadder,
  type Wake,
} from '../domain/alerts/ladder.ts';
import type { ToldName } from '../domain/alerts/ladder-text.ts';
import type { Directory } from '../domain/alerts/on-call.ts';
import { formatTarget, type PolicySnapshot } from '../domain/alerts/policy.ts';
import { isQuiet } from '../domain/alerts/quiet-hours.ts';
import type { Severity } from '../domain/alerts/severity.ts';

export interface PreviewInput {
  readonly policy: PolicySnapshot;
  readonly directory: Directory;
  readonly overrides?: RunTimeOverrides;
  readonly atMs: number;
  readonly severity: Severity;
  /** Somebody acknowledges it then. */
  readonly ackAtMs?: number | undefined;
  /** Somebody snoozes it for an hour then. */
  readonly snoozeAtMs?: number | undefined;
}

/** One thing that happens. */
export interface PreviewLine {
  readonly atMs: number;
  readonly tier: string;
  /** Why, unless its time had simply come. */
  readonly reason?: string;
  readonly tells: readonly ToldName[];
  readonly marks: readonly string[];
  readonly held?: { readonly reason: string; readonly until?: string };
}

/** After the last tier a ladder may still repeat: it is followed for a day, and never further than this. */
const FOLLOWED_MS = 86_400_000;
const MOST_LINES = 200;
const SNOOZE_MS = 3_600_000;

export const previewLadder = (input: PreviewInput): readonly PreviewLine[] => {
  const { policy, atMs: startMs, severity, ackAtMs, snoozeAtMs } = input;
  const last = Math.max(...policy.tiers.map(({ afterSeconds }) => afterSeconds));
  const endMs = startMs + last * 1000 + FOLLOWED_MS;
  const lines: PreviewLine[] = [];
  let state = startLadder(startMs, severity);

  const take = (step: Step, tier: string, atMs: number): void => {
    const marks = step.state.marks.slice(state.marks.length).map(({ mark }) => mark);
    state = step.state;
    if (!step.wake) {
      if (marks.length > 0) lines.push({ atMs, tier, tells: [], marks });
      return;
    }
    const asked = whom(input, state, step.wake, atMs);
    lines.push({ atMs, tier: step.wake.tier.name, marks, ...asked.line });
    if (asked.held) state = hold(state, { wake: step.wake, atMs, ...asked.held });
    else if (asked.nobody && lines.length < MOST_LINES)
      take(passEmpty(policy, state, { wake: step.wake, atMs }), tier, atMs);
  };
  const answers = [
    ackAtMs !== undefined && {
      atMs: ackAtMs,
      of: (each: LadderState) => acknowledge(policy, each, { by: '', atMs: ackAtMs }),
      word: 'acknowledged',
    },
    snoozeAtMs !== undefined && {
      atMs: snoozeAtMs,
      of: (each: LadderState) => snooze(each, { by: '', atMs: snoozeAtMs, untilMs: snoozeAtMs + SNOOZE_MS }),
      word: 'snoozed for 1h',
    },
  ]
    .filter((each) => each !== false)
    .toSorted((a, b) => a.atMs - b.atMs);

  while (lines.length < MOST_LINES) {
    const due = nextDue(policy, state);
    const [answer] = answers;
    if (answer && (!due || answer.atMs <= due.atMs)) {
      answers.shift();
      state = answer.of(state);
      lines.push({ atMs: answer.atMs, tier: answer.word, tells: [], marks: [] });
      continue;
    }
    if (!due || due.atMs > endMs) break;
    take(passDue(policy, state, due.atMs), policy.tiers[state.nextTier]?.name ?? due.what, due.atMs);
  }
  return lines;
};

const whom = (
  { policy, directory, overrides = {} }: PreviewInput,
  state: LadderState,
  wake: Wake,
  atMs: number,
) => {
  const of = (names: readonly string[]) =>
    reach({ directory, names, people: policy.people, atMs, overrides });
  const quiet = isQuiet(policy.quietHours, shownSeverity(state), atMs);
  const tells = wake.tier.notify.map((name) => ({ name, targets: of([name]).targets.map(formatTarget) }));
  const untilMs = quiet?.until === undefined ? undefined : Date.parse(quiet.until);
  const reason = wake.reason === 'due' ? {} : { reason: wake.reason };
  return {
    line: quiet ? { ...reason, tells: [], held: quiet } : { ...reason, tells },
    held: quiet && { reason: quiet.reason, ...(untilMs !== undefined && { untilMs }) },
    nobody: of(wake.tier.notify).targets.length === 0,
  };
};
