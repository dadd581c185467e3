// Whatever the table looks like, whichever way a step goes through it, wherever a worker dies and whatever others do to the
// rows and to the table meanwhile: each row that was due throughout is gone, none went that was not due at that moment, no
// batch took more than it was allowed, and the ledger accounts for exactly what went.
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { hookedDatabases } from '../../support/jobs/hooked-databases.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';
import {
  type Act,
  createWorld,
  jobOn,
  statementOf,
  type World,
  worlds,
} from '../../support/jobs/walk-world.ts';
import { redisUrl } from '../../support/stack.ts';

let engine: Engine;
let redis: Redis;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});

/** `npm run test:faults` plays more of them. */
const RUNS = Number(process.env['SEXTON_PROPERTY_RUNS'] ?? 20);
const WITHIN_MS = RUNS > 20 ? 1_200_000 : 12_000;

interface Others {
  readonly act: (acts: readonly Act[]) => void;
  readonly settled: () => Promise<unknown>;
  /** Rows that they made undue at some moment, or took. */
  readonly freed: ReadonlySet<number>;
  /** Rows that they hold at the moment. */
  readonly held: ReadonlySet<number>;
}

const createOthers = ({ job }: BegunRun, table: string): Others => {
  const freed = new Set<number>();
  const held = new Set<number>();
  const pending: Promise<unknown>[] = [];
  const perform = async (act: Act): Promise<void> => {
    if (act.do === 'empty Redis') {
      await redis.del(job.lockKey);
      return;
    }
    const client = await engine.db.connect();
    try {
      if (act.do === 'lock') {
        await client.query('BEGIN');
        const lock = `SELECT uid FROM public.${table} WHERE uid BETWEEN $1 AND $2 ORDER BY uid FOR UPDATE`;
        const { rows } = await client.query(lock, [act.from, act.from + act.count]);
        for (const { uid } of rows) held.add(uid);
        await delay(act.count * 2);
        for (const { uid } of rows) held.delete(uid);
        await client.query('COMMIT');
        return;
      }
      const { sql, values, frees } = statementOf(table, act);
      const { rows } = await client.query(sql, [...values]);
      if (frees) for (const { uid } of rows) freed.add(uid);
    } catch (error) {
      // Two of them in a circle: one gives up, as an application would, and nothing of it has happened.
      await client.query('ROLLBACK');
      if ((error as { code?: string }).code !== '40P01') throw error;
    } finally {
      client.release();
    }
  };
  return {
    act: (acts) => pending.push(...acts.map(perform)),
    settled: () => Promise.all(pending),
    freed,
    held,
  };
};

/** Plays the world to the end of its run; returns the rows that others held when it ended. */
const play = async (
  { job, plan }: BegunRun,
  table: string,
  world: World,
  others: Others,
): Promise<Set<number>> => {
  let batch = -1;
  let deleting = false;
  const die = (cut: () => void): never => {
    cut();
    throw new Error('the worker died');
  };
  const databases = hookedDatabases(engine.databases, {
    before: async (sql, cut) => {
      if (sql.startsWith('DELETE')) {
        batch += 1;
        deleting = true;
        others.act(world.acts[batch] ?? []);
        // Long enough for some of them to be over before the delete, and for others to be in its way.
        if ((world.acts[batch]?.length ?? 0) > 1) await delay(3);
        if (world.deaths[batch] === 'before its delete') die(cut);
      }
      if (sql === 'COMMIT' && deleting && world.deaths[batch] === 'before its commit') die(cut);
    },
    after: async (sql, cut) => {
      if (sql !== 'COMMIT' || !deleting) return;
      deleting = false;
      if (world.deaths[batch] === 'after its commit') die(cut);
      const upheaval = world.upheavals[batch];
      const sqlOf =
        upheaval === 'CLUSTER' ? `CLUSTER public.${table} USING ${table}_age` : `${upheaval} public.${table}`;
      if (upheaval) await engine.db.query(sqlOf);
    },
  });
  const { slice } = createCleanupActivities({ ...engine.dependencies, databases });

  let deaths = 0;
  let [number, attempt] = [1, 1];
  for (;;) {
    deleting = false;
    const outcome = await engine.run(slice, { job, plan, slice: number }, attempt).then(
      ({ done }) => done,
      (error: { type?: string }) => error,
    );
    if (outcome === true) return new Set(others.held);
    if (outcome !== false && outcome.type !== 'BATCH_FAILED') throw outcome;
    if (outcome !== false) deaths += 1;
    if (outcome === false || !world.sameSlice[deaths % 20]) [number, attempt] = [number + 1, 1];
    else attempt += 1;
  }
};

const uidsOf = async (sql: string, ...values: unknown[]): Promise<number[]> =>
  (await engine.db.query(sql, values)).rows.map(({ uid }) => Number(uid));

it(
  'takes each row that is due throughout and none that is not, whichever way it goes, and counts exactly (SLA-17, SLA-18)',
  async () => {
    const property = fc.asyncProperty(worlds, async (world) => {
      const table = await createWorld(engine, world);
      const begun = await beginRun(engine, aRun(jobOn(table, world)));
      const { cutoff, runId } = begun.plan;
      const due = `age < $1::timestamptz AND (${world.where ?? 'true'})`;
      const dueAtStart = await uidsOf(`SELECT uid FROM public.${table} WHERE ${due}`, cutoff);

      const others = createOthers(begun, table);
      const heldAtEnd = await play(begun, table, world, others);
      await others.settled();
      const result = await finishRun(engine, begun);

      const left = await uidsOf(`SELECT uid FROM public.${table} WHERE ${due}`, cutoff);
      const mayBeLeft = (uid: number) =>
        others.freed.has(uid) || heldAtEnd.has(uid) || !dueAtStart.includes(uid);
      expect(left.filter((uid) => !mayBeLeft(uid))).toEqual([]);

      const gone = `FROM public.${table}_gone WHERE who = 'sexton'`;
      expect(await uidsOf(`SELECT uid ${gone} AND (${due}) IS NOT TRUE`, cutoff)).toEqual([]);
      const uids = await uidsOf(`SELECT uid ${gone}`);
      expect(new Set(uids).size).toBe(uids.length);
      const { rows } = await engine.db.query(
        `SELECT coalesce(sum(deleted), 0)::int AS sum, coalesce(max(deleted), 0)::int AS most,
         count(*) FILTER (WHERE pass > 1 AND walk <> 'age-index-windows')::int AS strayed FROM sexton.ledger WHERE run_id = $1`,
        [runId],
      );
      expect({ ...rows[0], result: result.deleted }).toMatchObject({
        sum: uids.length,
        result: uids.length,
        strayed: 0,
      });
      expect(rows[0].most).toBeLessThanOrEqual(world.batchRows);
      await engine.db.query(`DROP TABLE public.${table}, public.${table}_gone`);
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true, interruptAfterTimeLimit: WITHIN_MS });
  },
  WITHIN_MS + 60_000,
);
