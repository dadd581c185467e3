// Every scenario of the seed ends in exactly the alerts that its name says, found by the pack's own monitors.
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenarios } from '../../../packs/sla-monitoring/seed/index.ts';
import { COURSES, seedCourse } from '../../../packs/sla-monitoring/seed/scenarios.ts';
import type { SeedTools } from '../../../src/catalog/define/pack.ts';
import { seedRedis } from '../../../src/client/seed/seed-redis.ts';
import { type SlaHouse, slaHouse } from '../../support/packs/sla-house.ts';
import { connectTemporal, redisUrl, unique } from '../../support/stack.ts';

const NOW = '2026-02-10T12:00:00Z';
const SLA = 'monitor_cleanup_sla';
const QUEUE = 'monitor_manual_resolution_queue';

/** Apart from the locks that other tests take. */
const REDIS = (): string => `${redisUrl()}/7`;

let temporal: Awaited<ReturnType<typeof connectTemporal>>;
let template: SlaHouse;
const houses: SlaHouse[] = [];
beforeAll(async () => {
  temporal = await connectTemporal();
  template = await slaHouse();
  await template.close();
});
afterAll(async () => {
  await Promise.all(houses.map(({ close }) => close()));
  await temporal.close();
});

/** A database that is migrated and empty. */
const house = async (): Promise<SlaHouse> => {
  const url = new URL(template.url);
  const name = unique('sla_scenario');
  const admin = new pg.Client({
    connectionString: Object.assign(new URL(url), { pathname: '/postgres' }).href,
  });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${url.pathname.slice(1)}`);
  await admin.end();
  url.pathname = `/${name}`;
  const dependencies = { redisUrl: REDIS(), temporal: temporal.client };
  const made = await slaHouse({ url: url.href, dependencies });
  houses.push(made);
  return made;
};

/** Of what the monitors look at; the tables that jobs clean are in no monitor's sight. */
const seeded = async (name: string, change: Partial<SeedTools> = {}): Promise<SlaHouse> => {
  const made = await house();
  await made.setClock(NOW);
  const tools = { database: () => made.db, now: new Date(NOW), redis: seedRedis(REDIS()), ...change };
  await seedCourse(COURSES[name] ?? { ages: [] }, tools);
  return made;
};

const look = async ({ evaluate, checkHealth }: SlaHouse) => {
  const began = Date.now();
  const evaluations = [await evaluate(SLA, NOW), await evaluate(QUEUE, NOW)];
  await checkHealth(NOW);
  return { evaluations, ms: Date.now() - began };
};

describe('the scenario', () => {
  it.each([
    ['base', []],
    ['healthy', []],
    ['sla-warning', ['cleanup_quiz_responses sla_breach_warning']],
    ['sla-critical', ['cleanup_quiz_responses sla_breach_critical']],
    ['success-rate', ['cleanup_magic_links success_rate_low']],
    ['throughput-drop', ['cleanup_quiz_responses throughput_drop']],
    ['three-failures', ['cleanup_magic_links consecutive_failures', 'cleanup_magic_links success_rate_low']],
    ['mrq-warning', ['manual_resolution_queue mrq_depth_warning']],
    ['mrq-overflow', ['manual_resolution_queue mrq_depth_critical']],
    ['mrq-aged', ['manual_resolution_queue mrq_item_escalation']],
    ['missing-index', ['index_meal_plans_pdf_generated_at health_check_fail']],
    ['zombie-lock', ['zombie_locks health_check_warn']],
  ])('%s ends in exactly %j, each monitor within a minute (SLA-12, SLA-13, SLA-24)', async (name, alerts) => {
    const made = await seeded(name);
    const { evaluations, ms } = await look(made);
    expect(evaluations.flatMap(({ failed }) => failed)).toEqual([]);
    expect(await made.open()).toEqual(alerts);
    expect(ms).toBeLessThan(60_000);
    if (name === 'zombie-lock') {
      const redis = new Redis(REDIS());
      await redis.flushdb();
      redis.disconnect();
    }
  });

  it('of each name that the specification wants is there (SLA-13)', () => {
    expect(Object.keys(scenarios).toSorted()).toEqual(
      ['base', 'magic-links', ...Object.keys(COURSES)].toSorted(),
    );
  });
});

describe('the healthy day', () => {
  it('has the queue figures of the specification (SLA-12, SLA-79)', async () => {
    const { evaluate } = await seeded('healthy');
    const { records } = await evaluate(QUEUE, NOW);
    expect(records).toEqual([
      {
        metric: 'manual_resolution_queue_depth',
        total_pending: 42,
        average_age_hours: 18.3,
        oldest_item_hours: 72,
        items_exceeding_24h_sla: 3,
        items_requiring_escalation: 0,
        timestamp: NOW,
      },
    ]);
  });
});

describe('three failures', () => {
  it('leave 21 of 24 runs, which is 0.8750, and a streak of 3 (SLA-13)', async () => {
    const { evaluate } = await seeded('three-failures');
    const { records = [], raised } = await evaluate(SLA, NOW);
    const links = records.find((each) => each['job'] === 'cleanup_magic_links' && 'success_rate' in each);
    expect(links).toMatchObject({ success_rate: 0.875, consecutive_failures: 3 });
    expect(raised?.map(({ alertType }) => alertType).toSorted()).toEqual([
      'consecutive_failures',
      'success_rate_low',
    ]);
  });
});

describe('a scenario of runs', () => {
  it('is refused where the log tells otherwise of them, since nothing in it is ever changed (SLA-13)', async () => {
    const { db } = await seeded('healthy');
    const tools = { database: () => db, now: new Date(NOW) };
    await expect(seedCourse(COURSES['sla-warning'] ?? {}, tools)).rejects.toThrow(/seed an empty database/);
    await expect(seedCourse(COURSES['success-rate'] ?? {}, tools)).rejects.toThrow(/seed an empty database/);
    await expect(seedCourse(COURSES['mrq-warning'] ?? {}, tools)).resolves.toHaveLength(3);
  });
});
