// `whomToWake`: asked at each wake who its names are at that instant, and whether anything holds it back. Answers within
// seconds whatever is away: then by what is declared, and nothing holds, since nobody can know.
import { readHold } from '../../adapters/postgres/alerts/holds.ts';
import { readOverrides } from '../../adapters/postgres/alerts/on-call-overrides.ts';
import type { QuietHours, Target } from '../../domain/alerts/policy.ts';
import { isQuiet } from '../../domain/alerts/quiet-hours.ts';
import type { Severity } from '../../domain/alerts/severity.ts';
import type { Dependencies } from '../dependencies.ts';
import { rotationsOf } from './on-call.ts';
import { reach } from './reach.ts';

export interface WhomToWakeInput {
  /** Missing while the incident has none; then nothing of Sexton's own holds it. */
  readonly number?: number;
  /** Instant of the wake by the workflow's clock, ISO-8601. */
  readonly at: string;
  readonly names: readonly string[];
  /** Of the policy's snapshot. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  /** As people are shown it. */
  readonly severity: Severity;
  readonly quietHours?: QuietHours;
  /** A person asked for this wake, so nothing holds it back. */
  readonly byHand?: boolean;
}

export interface WhomToWake {
  readonly targets: readonly Target[];
  /** Names that lead to nobody just now. Where `targets` is empty the tier is, and must be passed at once. */
  readonly empty: readonly string[];
  /** Nobody may be told now; `until` (ISO-8601) where its end is known. */
  readonly hold?: { readonly reason: string; readonly until?: string };
  /** Postgres did not answer: overrides made at run time and holds are not known. */
  readonly stateStoreUnreachable?: true;
}

/** Two of these and what a worker needs besides stay below three seconds. */
const ASK_MS = 2_500;

type Deps = Pick<Dependencies, 'databases' | 'directory'>;

export const createWhomToWake =
  ({ databases, directory }: Deps) =>
  async (input: WhomToWakeInput): Promise<WhomToWake> => {
    const { number, at, names, people, severity, quietHours, byHand = false } = input;
    const atMs = Date.parse(at);
    const rotations = rotationsOf(directory, names);
    const asked = await withinMs(
      ASK_MS,
      Promise.all([
        rotations.length > 0 ? readOverrides(databases.home, rotations, at) : {},
        number === undefined || byHand ? undefined : readHold(databases.home, number),
      ]),
    );
    const [overrides = {}, silenced] = asked ?? [];
    const reached = reach({ directory, names, people, atMs, overrides });
    const hold = silenced ?? (byHand ? undefined : isQuiet(quietHours, severity, atMs));
    return {
      ...reached,
      ...(hold && { hold: { reason: hold.reason, ...(hold.until !== undefined && { until: hold.until }) } }),
      ...(!asked && { stateStoreUnreachable: true }),
    };
  };

/** Undefined where it fails or takes longer. */
const withinMs = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
};
