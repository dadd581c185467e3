// One look at a database: every probe in one statement. Where that fails, each is asked alone, so that the hold can name
// the one to blame; a database that does not answer at all is no throttle's business and fails the slice.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { readFigures } from '../../adapters/postgres/tables/throttle-probes.ts';
import type { Figure, Look } from '../../domain/jobs/throttle.ts';
import { messageOf, sqlState } from '../failures.ts';

/** The server is away, ends, or takes nobody: nothing is wrong with the probe. */
const isAway = (error: unknown): boolean => /^(CONNECTION|08...|57P..|53...)$/.test(sqlState(error) ?? '');

/** What a role lacks that cannot look at what others do. */
export const blindWords = (role: string): string => `role ${role} may not see what other roles' sessions do`;

export const look = async (db: Queryable, figures: readonly Figure[]): Promise<Look> => {
  try {
    return await lookAt(db, figures);
  } catch (error) {
    if (isAway(error)) throw error;
    return lookOneByOne(db, figures);
  }
};

const lookAt = async (db: Queryable, figures: readonly Figure[]): Promise<Look> => {
  const { atMs, maySee, role, figures: found } = await readFigures(db, figures);
  if (maySee) return { atMs, figures: found, failed: {} };
  const failed = Object.fromEntries(figures.map((figure) => [figure, blindWords(role)]));
  return { atMs, figures: {}, failed };
};

const lookOneByOne = async (db: Queryable, figures: readonly Figure[]): Promise<Look> => {
  let seen = await lookAt(db, []);
  for (const figure of figures) {
    try {
      const one = await lookAt(db, [figure]);
      seen = {
        atMs: one.atMs,
        figures: { ...seen.figures, ...one.figures },
        failed: { ...seen.failed, ...one.failed },
      };
    } catch (error) {
      if (isAway(error)) throw error;
      seen = { ...seen, failed: { ...seen.failed, [figure]: messageOf(error) } };
    }
  }
  return seen;
};
