// `evaluate` on real Postgres: from measures through the door to the samples, once a tick whatever dies in between.
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvaluate } from '../../../src/activities/monitor/evaluate.ts';
import { readHistory } from '../../../src/adapters/postgres/monitors/samples.ts';
import { newestTick } from '../../../src/domain/monitors/evaluation.ts';
import { homeDatabaseAway, monitorNoticer } from '../../../src/domain/monitors/home-database.ts';
import type { MonitorSnapshot } from '../../../src/domain/monitors/monitor.ts';
import { awayFor } from '../../support/alerts/away.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aMonitor, depthRule, sqlMeasure } from '../../support/monitors/a-monitor.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await engine.db.query('CREATE TABLE public.depth (queue text PRIMARY KEY, depth int)');
});
afterAll(() => engine.close());
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.depth');
  await holding({ mail: 5, paint: 12 });
});

const holding = async (depths: Readonly<Record<string, number | null>>): Promise<void> => {
  for (const [queue, depth] of Object.entries(depths))
    await engine.db.query(
      'INSERT INTO public.depth VALUES ($1, $2) ON CONFLICT (queue) DO UPDATE SET depth = excluded.depth',
      [queue, depth],
    );
};

/** Ticks in the near past, so that none has passed by when it is evaluated; a minute that ends meanwhile moves none. */
const MINUTE = Math.floor(Date.now() / 60_000);
const tickAt = (minutesAgo: number): string => new Date((MINUTE - minutesAgo) * 60_000).toISOString();
const NOW = tickAt(0);

const evaluate = (monitor: MonitorSnapshot, tick = NOW, activity = engine.activities.evaluate) =>
  engine.run(activity, { monitor, tick, ringAfterSeconds: 60 });

const samplesOf = async ({ pack, name }: MonitorSnapshot) => {
  const { rows } = await engine.db.query(
    `SELECT s.measure, s.labels ->> 'queue' AS queue, a.state, a.value FROM sexton.series s JOIN sexton.sample a ON a.series = s.id
     WHERE s.pack = $1 AND s.monitor = $2 ORDER BY 1, 2, a.at`,
    [pack, name],
  );
  return rows.map(({ measure, queue, state, value }) => [measure, queue, state, value]);
};

const incidentsOf = async ({ rules }: MonitorSnapshot) => {
  const names = rules.map(({ rule }) => rule.name);
  const { rows } = await engine.db.query(
    `SELECT number::int, state, labels ->> 'queue' AS queue FROM sexton.incident WHERE rule = ANY($1) ORDER BY number`,
    [names],
  );
  return rows;
};

describe('an evaluation', () => {
  it('judges every series, opens what fires, and answers with counts and hand-overs', async () => {
    const monitor = aMonitor();
    const result = await evaluate(monitor);
    const [incident, ...others] = await incidentsOf(monitor);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ state: 'open', queue: 'paint' });
    expect(result).toMatchObject({
      tick: NOW,
      measures: 1,
      series: 2,
      failures: 0,
      failed: [],
      rules: [{ rule: monitor.rules[0]?.rule.name, series: 2, firing: 1, unknown: 0 }],
      severity: 'critical',
      handOvers: [{ number: incident.number, incident: { firing: { summary: 'depth is 12' } } }],
    });
  });

  it('keeps each value, each missing one and each failure apart, under its tick', async () => {
    const monitor = aMonitor({
      measures: {
        depth: sqlMeasure('SELECT queue, depth AS value FROM public.depth'),
        broken: sqlMeasure('SELECT 1 / 0 AS value'),
      },
    });
    await holding({ mail: null });
    const { failed, failures } = await evaluate(monitor);
    expect({ failed, failures }).toEqual({
      failures: 1,
      failed: [{ measure: 'broken', type: 'SQL_22012', message: 'division by zero' }],
    });
    expect(await samplesOf(monitor)).toEqual([
      ['broken', null, 'error', null],
      ['depth', 'mail', 'noData', null],
      ['depth', 'paint', 'ok', 12],
    ]);
  });

  it('of a measure that hangs costs that measure alone, and its own time', async () => {
    const slow = sqlMeasure('SELECT pg_sleep(20)::text AS nothing, 1 AS value', { timeoutSeconds: 1 });
    const monitor = aMonitor({
      measures: { depth: sqlMeasure('SELECT 1 AS value'), a: slow, b: slow, c: slow },
    });
    const began = Date.now();
    const result = await evaluate(monitor);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(result.failed.map(({ type }) => type)).toEqual(['TIMEOUT', 'TIMEOUT', 'TIMEOUT']);
    expect(result.rules).toMatchObject([{ series: 1, firing: 0 }]);
  });

  it('ends the incident of a series that is fine again', async () => {
    const monitor = aMonitor();
    await evaluate(monitor, tickAt(1));
    await holding({ paint: 3 });
    await evaluate(monitor);
    expect(await incidentsOf(monitor)).toMatchObject([{ state: 'resolved' }]);
  });

  it('judges by what stands in the history of its series, from before its tick', async () => {
    const rule = depthRule(0);
    const [band] = rule.bands;
    const rising = { ...rule, bands: [{ ...band, when: { measure: 'depth', increasing: 1 } }] as const };
    const timed = { ...rising, rule: { ...rising.rule, timing: { cadenceSeconds: 60 } } };
    const monitor = aMonitor({ rules: [timed] });
    expect((await evaluate(monitor, tickAt(1))).rules).toMatchObject([{ firing: 0 }]);
    await holding({ mail: 6 });
    expect((await evaluate(monitor)).rules).toMatchObject([{ firing: 1 }]);
    const needs = [{ measure: 'depth', seconds: 120 }];
    const history = await readHistory(engine.db, { pack: 'test-pack', monitor: monitor.name }, NOW, needs);
    expect(history.map(({ labels, value, at }) => [labels['queue'], value, at])).toEqual([
      ['mail', 5, tickAt(1)],
      ['paint', 12, tickAt(1)],
    ]);
  });
});

describe('a tick', () => {
  it('that is older than the newest one evaluated changes nothing', async () => {
    const monitor = aMonitor();
    await evaluate(monitor);
    const before = await samplesOf(monitor);
    await holding({ mail: 90 });
    expect(await evaluate(monitor, tickAt(1))).toMatchObject({ superseded: true, handOvers: [] });
    expect(await samplesOf(monitor)).toEqual(before);
    expect(await incidentsOf(monitor)).toHaveLength(1);
  });

  it('that waited through an outage is evaluated as the newest one, and those between are not made up', async () => {
    const monitor = aMonitor({ cadenceSeconds: 60 });
    const result = await evaluate(monitor, tickAt(30));
    expect(Date.parse(result.tick)).toBeGreaterThanOrEqual(Date.parse(NOW));
    expect(await samplesOf(monitor)).toHaveLength(2);
    expect(newestTick('2026-02-10T12:00:00Z', '2026-02-10T12:00:59Z', 60)).toBe('2026-02-10T12:00:00.000Z');
    expect(newestTick('2026-02-10T12:00:00Z', '2026-02-10T12:03:01Z', 60)).toBe('2026-02-10T12:03:00.000Z');
    expect(newestTick('2026-02-10T12:00:00Z', '2026-02-10T11:00:00Z', 60)).toBe('2026-02-10T12:00:00.000Z');
  });

  it('whose worker dies at any point is evaluated again without anything being doubled', async () => {
    const monitor = aMonitor();
    const { home } = engine.dependencies.databases;
    const dead = new Error('the worker died');
    /** A home that goes with the first statement like this. */
    const dyingAt = (statement: RegExp) => {
      let gone = false;
      const guard = (target: object): unknown =>
        new Proxy(target, {
          get: (own, key) => {
            const value: unknown = Reflect.get(own, key);
            if (key === 'connect') return async () => guard(await home.connect());
            if (key !== 'query') return typeof value === 'function' ? value.bind(own) : value;
            return (query: string | { text: string }, ...rest: unknown[]) => {
              const text = typeof query === 'string' ? query : query.text;
              gone ||= statement.test(text);
              if (gone && text !== 'ROLLBACK') return Promise.reject(dead);
              return Reflect.apply(value as () => unknown, own, [query, ...rest]);
            };
          },
        });
      const databases = { ...engine.databases, home: guard(home) as typeof home };
      return createEvaluate({ ...engine.dependencies, databases, looking: engine.databases });
    };
    for (const point of [
      /rule_override/,
      /alert_state/,
      /INSERT INTO sexton.series/,
      /INSERT INTO sexton.evaluation/,
    ])
      await expect(evaluate(monitor, NOW, dyingAt(point))).rejects.toThrow();
    const result = await evaluate(monitor);
    const again = await evaluate(monitor);
    expect(await incidentsOf(monitor)).toHaveLength(1);
    expect(await samplesOf(monitor)).toHaveLength(2);
    expect(again).toEqual(result);
    expect(result.handOvers).toHaveLength(1);
  });
});

describe('figures that only grow', () => {
  it('are told by how much they grew since the tick before, which another worker may have seen', async () => {
    const calls = {
      kind: 'postgres-activity',
      timeoutSeconds: 10,
      with: { database: 'app', of: 'rollbacks' },
    };
    const monitor = aMonitor({ measures: { depth: calls } });
    await evaluate(monitor, tickAt(1));
    const other = createEvaluate(engine.dependencies);
    await evaluate(monitor, NOW, other);
    const values = (await samplesOf(monitor)).filter(([measure]) => measure === 'depth');
    expect(values[0]).toEqual(['depth', null, 'noData', null]);
    expect(values[1]).toMatchObject(['depth', null, 'ok', expect.any(Number)]);
  });
});

describe('a home database', () => {
  it('that does not answer is a failure that says so, tried again until people have to be told', async () => {
    const away = awayFor(engine.databases.home);
    away.take();
    const waitedFor = async (seconds: number): Promise<unknown> => {
      const scheduledTimestampMs = Date.now() - seconds * 1000;
      const { evaluate: activity } = engine.activities;
      const input = { monitor: aMonitor(), tick: NOW, ringAfterSeconds: 60 };
      return new MockActivityEnvironment({ scheduledTimestampMs })
        .run(activity, input)
        .catch((error: unknown) => error);
    };
    const failures = [await waitedFor(1), await waitedFor(60)];
    away.putBack();
    expect(failures).toMatchObject([
      { type: 'HOME_UNREACHABLE', nonRetryable: false, message: expect.stringContaining('ECONNREFUSED') },
      { type: 'HOME_UNREACHABLE', nonRetryable: true },
    ]);
  });

  it('that answers again ends what rang for it', async () => {
    const monitor = aMonitor({ measures: { depth: sqlMeasure('SELECT 1 AS value') } });
    const report = homeDatabaseAway(monitorNoticer(monitor), { tick: tickAt(5), seconds: 60 });
    await engine.run(engine.activities.observe, {
      reports: [{ ...report, ringing: 'escalation/degraded/test' }],
    });
    const { handOvers } = await evaluate(monitor);
    expect(handOvers).toMatchObject([
      { workflowId: 'escalation/degraded/test', incident: { state: 'resolved' } },
    ]);
  });
});
