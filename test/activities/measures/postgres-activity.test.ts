// `postgres-activity` on real Postgres: what is so now, and how much figures grew, whatever sets them back.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLookingPools } from '../../../src/adapters/postgres/looking-pools.ts';
import type { PostgresActivityMeasureDefinition } from '../../../src/catalog/define/measures.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { errorOf, type Take, takerOf, valueOf } from '../../support/monitors/measures.ts';

let engine: Engine;
let take: Take;
beforeAll(async () => {
  engine = await createEngine();
  take = takerOf(engine.dependencies);
});
afterAll(() => engine.close());

type Of = PostgresActivityMeasureDefinition['of'];

const asking = (of: Of, more: object = {}, options: Parameters<Take>[1] = {}) =>
  take({ kind: 'postgres-activity', database: 'app', of, ...more }, options);

describe('what goes on now', () => {
  it('is told by connections, the oldest transaction and who waits for locks', async () => {
    const share = valueOf(await asking('connections-share'));
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    expect(valueOf(await asking('waiting-locks'))).toBe(0);
    const [holder, waiter] = [new pg.Client(engine.url), new pg.Client(engine.url)];
    await Promise.all([holder.connect(), waiter.connect()]);
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE public.link');
    const waiting = waiter.query('SELECT count(*) FROM public.link');
    await eventually('somebody waits', async () => valueOf(await asking('waiting-locks')) === 1);
    expect(valueOf(await asking('oldest-transaction'))).toBeGreaterThan(0);
    await holder.query('ROLLBACK');
    await waiting;
    await Promise.all([holder.end(), waiter.end()]);
  });

  it('is not told by a role that may not see it: nothing would look like peace', async () => {
    await engine.db.query(`DO $$ BEGIN CREATE ROLE blind_one LOGIN PASSWORD 'x';
      EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
    await engine.db.query('GRANT USAGE ON SCHEMA sexton TO blind_one');
    await engine.db.query('GRANT SELECT ON sexton.clock TO blind_one');
    const url = new URL(engine.url);
    url.username = 'blind_one';
    url.password = 'x';
    const looking = openLookingPools([{ pack: 'test-pack', name: 'app', url: url.href }]);
    const blind = takerOf({ ...engine.dependencies, looking });
    const taken = await blind({ kind: 'postgres-activity', database: 'app', of: 'waiting-locks' });
    await looking.close();
    expect(errorOf(taken)).toMatch(/^BLIND: role blind_one .*GRANT pg_read_all_stats TO blind_one/);
  });
});

describe('a figure that only grows', () => {
  const LIKE = { like: 'SELECT%AS grew%' };
  const call = (times: number) =>
    Promise.all(Array.from({ length: times }, () => engine.db.query('SELECT 1 AS grew')));

  it('needs pg_stat_statements, where it is of statements', async () => {
    expect(errorOf(await asking('calls'))).toMatch(/^NOT_INSTALLED: .*CREATE EXTENSION pg_stat_statements/);
  });

  it('has no value at first, then its growth, and none once after it was set back', async () => {
    await engine.db.query('CREATE EXTENSION pg_stat_statements');
    await call(3);
    const first = await asking('calls', LIKE);
    expect(valueOf(first)).toBeNull();
    await call(4);
    const second = await asking('calls', LIKE, { before: first.counters ?? {} });
    expect(valueOf(second)).toBe(4);
    const mean = await asking('mean-ms', LIKE, { before: first.counters ?? {} });
    expect(valueOf(mean)).toBeGreaterThan(0);
    // Set back, then grown beyond what it was: the instant of the reset tells it, not the height.
    await engine.db.query('SELECT pg_stat_statements_reset()');
    await call(20);
    const third = await asking('calls', LIKE, { before: second.counters ?? {} });
    expect(valueOf(third)).toBeNull();
    await call(2);
    expect(valueOf(await asking('calls', LIKE, { before: third.counters ?? {} }))).toBe(2);
    expect(
      valueOf(await asking('mean-ms', { like: 'nothing%' }, { before: third.counters ?? {} })),
    ).toBeNull();
  });

  it('is also of the database: its cache, rollbacks and deadlocks', async () => {
    const first = await asking('rollbacks');
    expect(valueOf(first)).toBeNull();
    const { rollbacks = 0, hit = 0, read = 0 } = first.counters ?? {};
    const fewer = { ...first.counters, rollbacks: rollbacks - 2, hit: hit - 90, read: read - 10 };
    expect(valueOf(await asking('rollbacks', {}, { before: fewer }))).toBeGreaterThanOrEqual(2);
    expect(valueOf(await asking('cache-hit', {}, { before: fewer }))).toBeGreaterThanOrEqual(0.9);
    expect(valueOf(await asking('deadlocks', {}, { before: fewer }))).toBe(0);
    const more = { ...first.counters, rollbacks: rollbacks + 1000 };
    expect(valueOf(await asking('rollbacks', {}, { before: more }))).toBeNull();
  });
});
