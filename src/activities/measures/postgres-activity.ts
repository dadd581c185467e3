// `postgres-activity`: what goes on in a pack's database now, and how much its statistics grew since the tick before.
import type pg from 'pg';
import {
  isFigureNow,
  type MaySee,
  readDatabaseCounters,
  readFigureNow,
  readStatementCounters,
  statementsSchema,
} from '../../adapters/postgres/monitors/activity-figures.ts';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import type { ActivityFigure, PostgresActivityParams } from '../../domain/monitors/measure-params.ts';
import { type LookingDependencies, lookingAt } from './looking.ts';
import { type Counters, growth, MeasureError, type MeasureKind, paramsOf, single } from './measure-kind.ts';

export const createPostgresActivityMeasure =
  (dependencies: LookingDependencies): MeasureKind =>
  async (asked) => {
    const params = paramsOf(asked) as PostgresActivityParams;
    const { of, database } = params;
    const pool = lookingAt(dependencies, asked.pack, database);
    return lookReadOnly(pool, asked, async (tx, asOf) => {
      if (isFigureNow(of)) {
        const { value, ...seen } = await readFigureNow(tx, of);
        refuseBlind(seen);
        return { asOf, readings: single(value) };
      }
      const counters = await countersFor(tx, params);
      return { asOf, readings: single(grown(of, asked.before, counters)), counters };
    });
  };

const refuseBlind = ({ maySee, role }: MaySee): void => {
  if (maySee) return;
  throw new MeasureError(
    'BLIND',
    `role ${role} may not see what other roles' sessions do; run: GRANT pg_read_all_stats TO ${role}`,
  );
};

const countersFor = async (tx: pg.PoolClient, { of, like }: PostgresActivityParams): Promise<Counters> => {
  if (of !== 'calls' && of !== 'mean-ms') return readDatabaseCounters(tx);
  const schema = await statementsSchema(tx);
  if (schema === undefined)
    throw new MeasureError(
      'NOT_INSTALLED',
      'the database has no pg_stat_statements; run: CREATE EXTENSION pg_stat_statements',
    );
  return readStatementCounters(tx, schema, like);
};

/** Null at the first tick, and once after statistics were set back: nobody knows what went on between. */
const grown = (of: ActivityFigure, before: Counters | undefined, now: Counters): number | null => {
  if (before?.['reset'] !== now['reset']) return null;
  const by = (name: string): number | undefined => growth(before, now, name);
  if (of === 'cache-hit') return shareOf(by('hit'), by('read'));
  if (of !== 'mean-ms') return by(of) ?? null;
  const [ms, calls] = [by('ms'), by('calls')];
  return ms === undefined || !calls ? null : ms / calls;
};

const shareOf = (hit: number | undefined, read: number | undefined): number | null =>
  hit === undefined || read === undefined || hit + read === 0 ? null : hit / (hit + read);
