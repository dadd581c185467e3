// Which reports still count: two observers may look at one series, and messages overtake each other. An older report
// never resolves; it may fire, unless something newer is known of the same subject.
import type { Report } from './alert.ts';

/** What a series remembers of the subjects that were looked at. */
export interface KnownSubjects {
  /** The newest subject, and since when it is, ISO-8601. */
  readonly subject?: string;
  readonly subjectAt?: string;
  /** The newest look of any outcome, epoch ms. */
  readonly lookedMs?: number;
  /** The last runs that were looked at, and when each was last. Ticks need none: each is one look. */
  readonly runs?: readonly (readonly [run: string, lookedMs: number])[];
}

const RUNS_KEPT = 4;

const TICK = 'tick/';

export interface Placed {
  /** The instant that was looked at: a tick's nominal one, so that a late evaluation shortens no wait. */
  readonly atMs: number;
  /** A newer subject is known. */
  readonly older: boolean;
}

/** Undefined where the report changes nothing any more. */
export const order = (known: KnownSubjects, report: Report, nowMs: number): Placed | undefined => {
  const { subject, subjectAt, asOf, firing } = report;
  const isTick = subject.startsWith(TICK);
  const newest = known.lookedMs ?? Number.NEGATIVE_INFINITY;
  // A run's own report is dated by the door, where it comes last.
  const atMs = isTick
    ? Date.parse(subjectAt)
    : asOf === undefined
      ? Math.max(nowMs, newest)
      : Date.parse(asOf);
  const older = known.subjectAt !== undefined && Date.parse(known.subjectAt) > Date.parse(subjectAt);
  const sameSubject = known.runs?.find(([run]) => run === subject)?.[1] ?? Number.NEGATIVE_INFINITY;
  if (atMs < sameSubject) return undefined;
  if (older && (isTick || !firing)) return undefined;
  return { atMs: Math.max(atMs, newest), older };
};

export const remember = (
  known: KnownSubjects,
  { subject, subjectAt }: Report,
  { atMs, older }: Placed,
): KnownSubjects => {
  const runs = (known.runs ?? []).filter(([run]) => run !== subject);
  const kept = subject.startsWith(TICK) ? runs : [...runs, [subject, atMs] as const].slice(-RUNS_KEPT);
  return {
    lookedMs: atMs,
    ...(kept.length > 0 && { runs: kept }),
    ...(older
      ? {
          ...(known.subject !== undefined && { subject: known.subject }),
          ...(known.subjectAt !== undefined && { subjectAt: known.subjectAt }),
        }
      : { subject, subjectAt }),
  };
};
