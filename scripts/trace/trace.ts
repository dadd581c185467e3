// Which tests name which requirement, and what is wrong with that.
import { createHash } from 'node:crypto';
import { ID } from './requirements.ts';
import type { TestPlace } from './titles.ts';

interface NamingTest {
  readonly file: string;
  readonly line: number;
  readonly title: string;
}

export interface Traced {
  readonly id: string;
  readonly tests: readonly NamingTest[];
  /** Why no test names it. */
  readonly reason?: string;
}

export interface Trace {
  readonly requirements: readonly Traced[];
  /** One sentence each; the trace holds only without any. */
  readonly faults: readonly string[];
}

/** A title that names more promises nothing in particular. */
const MOST_IDS = 3;

const idsIn = (title: string): readonly string[] => [...new Set(title.match(ID) ?? [])];

const faultsOf = (places: readonly TestPlace[], known: ReadonlySet<string>): readonly string[] =>
  places.flatMap(({ file, line, titles }) => {
    const unknown = new Set(titles.flatMap(idsIn).filter((id) => !known.has(id)));
    const most = Math.max(...titles.map((title) => idsIn(title).length));
    return [
      ...[...unknown].map((id) => `${file}:${line} names ${id}, and there is no such requirement`),
      ...(most > MOST_IDS ? [`${file}:${line} names ${most} requirements in one title`] : []),
    ];
  });

export const traceTests = ({
  requirements,
  untested,
  places,
}: {
  readonly requirements: readonly string[];
  /** Reasons by id. */
  readonly untested: Readonly<Record<string, string>>;
  readonly places: readonly TestPlace[];
}): Trace => {
  const known = new Set(requirements);
  const traced = requirements.map((id): Traced => {
    const tests = places.flatMap(({ file, line, titles }) => {
      const title = titles.find((each) => idsIn(each).includes(id));
      return title === undefined ? [] : [{ file, line, title }];
    });
    const reason = untested[id];
    return { id, tests, ...(reason !== undefined && { reason }) };
  });
  return {
    requirements: traced,
    faults: [
      ...traced.flatMap(({ id, tests, reason }) => {
        if (tests.length === 0 && reason === undefined) return [`${id} has neither a test nor a reason`];
        return tests.length > 0 && reason !== undefined ? [`${id} has a test, so its reason has to go`] : [];
      }),
      ...Object.keys(untested).flatMap((id) =>
        known.has(id) ? [] : [`a reason is given for ${id}, which there is not`],
      ),
      ...faultsOf(places, known),
    ],
  };
};

/** So many of them, the same for the same seed, in their own order. */
export const pick = <T extends { readonly id: string }>(
  from: readonly T[],
  { count, seed }: { readonly count: number; readonly seed: string },
): readonly T[] => {
  const rank = ({ id }: T): string => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  const picked = new Set(from.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, count));
  return from.filter((each) => picked.has(each));
};
