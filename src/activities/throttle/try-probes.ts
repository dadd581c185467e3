// Tries each probe of a job's throttle before its run begins. One that cannot be read is refused now, with the words that
// help, since later it could only hold the run for good (design §6.1).

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { quote } from '../../adapters/postgres/tables/selection-sql.ts';
import { readFigures } from '../../adapters/postgres/tables/throttle-probes.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { type Figure, figuresOf, type ThrottleSnapshot } from '../../domain/jobs/throttle.ts';
import { failure } from '../failures.ts';
import { blindWords, look } from './look.ts';

const declaredOff = (figures: readonly Figure[]): string =>
  `throttle: { ${figures.map((figure) => `${figure}: 'none'`).join(', ')} }`;

/** Nothing where the job has no throttle. */
export const tryProbes = async (db: Queryable, throttle: ThrottleSnapshot | undefined): Promise<void> => {
  const figures = throttle ? figuresOf(throttle) : [];
  if (figures.length === 0) return;
  const { maySee, role } = await readFigures(db, []);
  if (!maySee) {
    refuse(
      `${blindWords(role)}, so the throttle cannot watch ${figures.join(', ')}. ` +
        `Run: GRANT pg_read_all_stats TO ${quote(role)}; or declare in the job ${declaredOff(figures)}`,
    );
  }
  const { failed } = await look(db, figures);
  const broken = figures.filter((figure) => failed[figure] !== undefined);
  if (broken.length === 0) return;
  const words = broken.map((figure) => `${figure} (${failed[figure]})`).join(', ');
  refuse(`the throttle cannot watch ${words}. Mend it, or declare in the job ${declaredOff(broken)}`);
};

const refuse = (reason: string): never => {
  throw failure(FAILURE_TYPES.preflightRefused, `${reason}; nothing was deleted`);
};
