// `sexton doctor` and `sexton figures`: what is well is told as well, and whatever is down is noticed, said, and gives an
// exit code of its own. Real servers; what is down is an address where nobody listens.

import { Client } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { doctor } from '../../src/client/commands/doctor.ts';
import { figures } from '../../src/client/commands/figures.ts';
import type { Check } from '../../src/client/doctor/check.ts';
import { checkLines, exitCodeOf, fail, pass, unasked, warn } from '../../src/client/doctor/check.ts';
import { applyDifferences } from '../../src/client/sync/sync.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { ROOT } from '../support/programs/house.ts';
import {
  connectTemporal,
  freshDatabase,
  freshNamespace,
  redisUrl,
  temporalAddress,
} from '../support/stack.ts';

const NOBODY = '127.0.0.1:1';

let temporal: Awaited<ReturnType<typeof connectTemporal>>;
let client: Client;
let catalog: Catalog;
let env: Record<string, string>;
let home: pg.Pool;
beforeAll(async () => {
  temporal = await connectTemporal();
  const namespace = await freshNamespace(temporal.client);
  client = new Client({ connection: temporal.client.connection, namespace });
  const config = await loadConfigFile(`${ROOT}sexton.config.ts`);
  env = {
    SEXTON_DATABASE_URL: await freshDatabase('home'),
    DATABASE_URL: await freshDatabase('app'),
    REDIS_URL: redisUrl(),
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: namespace,
  };
  catalog = assembleCatalog(config, env);
  home = new pg.Pool({ connectionString: catalog.home.url });
});
afterAll(async () => {
  for await (const { scheduleId } of client.schedule.list())
    await client.schedule.getHandle(scheduleId).delete();
  await home.end();
  await temporal.close();
});

const examined = async (change: Partial<Catalog> = {}, more: Record<string, string> = {}) => {
  let text = '';
  const out = { write: (chunk: unknown) => Boolean((text += String(chunk))) };
  const load = async () => ({ ...catalog, ...change });
  const code = await doctor({ env: { ...env, ...more }, load, out }, { json: true });
  const { checks } = JSON.parse(text) as { checks: readonly Check[] };
  const of = (name: string): Check => {
    const found = checks.find((each) => each.name === name);
    if (!found) throw new Error(`no check ${name} in ${checks.map((each) => each.name).join(', ')}`);
    return found;
  };
  return { code, checks, of };
};

describe('sexton doctor', () => {
  it('before anything is applied names the migrations and schedules that are not there, and what to do', async () => {
    const { code, of } = await examined();
    expect(of('schema home')).toMatchObject({
      verdict: 'FAIL',
      next: expect.stringContaining('sexton apply'),
    });
    expect(of('schedules')).toMatchObject({ verdict: 'FAIL', said: expect.stringContaining('not there') });
    expect(of('alerting')).toMatchObject({ verdict: 'FAIL', unknown: true });
    expect(code).toBe(3);
  });

  it('tells each thing that Sexton lives by, with how long its answer took', async () => {
    await applyDifferences({ catalog, client });
    const { of, checks } = await examined();
    for (const name of [
      'temporal',
      'postgres home',
      'schema home',
      'clock home',
      'redis',
      'hand-overs',
      'wakes',
    ])
      expect(of(name)).toMatchObject({ verdict: 'PASS', ms: expect.any(Number) });
    expect(of('dead letters').said).toBe('none');
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  });

  it('says that no worker serves a queue, that no canary came through, and that nobody watches', async () => {
    const { code, of } = await examined();
    expect(of('queue sexton-watch')).toMatchObject({
      verdict: 'FAIL',
      said: 'nobody has asked for work in the last five minutes',
      next: 'start `sexton worker`',
    });
    // Its tables are seconds old: none can have come.
    expect(of('canary')).toMatchObject({
      verdict: 'WARN',
      said: expect.stringMatching(/^none has come yet; the first is due within \d+m/),
    });
    await home.query(`UPDATE sexton.migrations_home SET run_on = run_on - interval '1 hour'`);
    expect((await examined()).of('canary')).toMatchObject({
      verdict: 'FAIL',
      said: 'the canary was never evaluated',
    });
    expect(of('heartbeat')).toMatchObject({ verdict: 'WARN' });
    expect((await examined({}, { HEARTBEAT_URL: 'https://hc.example/1' })).of('heartbeat').verdict).toBe(
      'PASS',
    );
    expect(of('channels').said).toContain('pagerduty');
    expect(code).toBe(2);
  });

  it('says that the canary’s schedule is paused, with the note, as a fault; another one’s as a warning', async () => {
    const canary = client.schedule.getHandle('sexton/sexton/monitor/canary');
    const other = client.schedule.getHandle('sexton/sexton/monitor/alerting');
    await other.pause('moving house');
    expect((await examined()).of('schedules')).toMatchObject({
      verdict: 'WARN',
      said: 'paused: sexton/sexton/monitor/alerting (moving house)',
    });
    await canary.pause('too loud');
    expect((await examined()).of('schedules')).toMatchObject({
      verdict: 'FAIL',
      said: expect.stringContaining('canary (too loud)'),
    });
    await Promise.all([canary.unpause(), other.unpause()]);
  });

  it('says that a clock is wrong', async () => {
    await home.query(`UPDATE sexton.clock SET adjustable = true, "offset" = '5 s'`);
    expect((await examined()).of('clock home').verdict).toBe('WARN');
    await home.query(`UPDATE sexton.clock SET "offset" = '-40 s'`);
    expect((await examined()).of('clock home')).toMatchObject({
      verdict: 'FAIL',
      said: expect.stringContaining('behind this machine'),
    });
    await home.query(`UPDATE sexton.clock SET "offset" = '0'`);
  });

  it.each<[string, Partial<Catalog>, Record<string, string>, string]>([
    ['home', { home: { url: `postgresql://anna:geheim@${NOBODY}/x` } }, {}, 'postgres home'],
    ['Redis', { redisUrl: `redis://:geheim@${NOBODY}` }, {}, 'redis'],
    ['Temporal', {}, { TEMPORAL_ADDRESS: NOBODY }, 'temporal'],
    [
      'a pack’s database',
      { databases: [{ pack: 'shop', name: 'app', url: `postgresql://anna:geheim@${NOBODY}/x` }] },
      {},
      'postgres shop/app',
    ],
  ])(
    'notices that %s is down, exits with 3, tells no password, and goes on with the rest',
    async (_, change, more, name) => {
      const { code, of, checks } = await examined(change, more);
      expect(of(name)).toMatchObject({ verdict: 'FAIL', unknown: true, next: expect.any(String) });
      expect(code).toBe(3);
      expect(checks.filter(({ verdict }) => verdict === 'PASS').length).toBeGreaterThan(3);
      expect(JSON.stringify(checks)).not.toContain('geheim');
    },
  );

  it('warns of dead letters, and tells those of its own alerts apart', async () => {
    const { rows } = await home.query(
      `INSERT INTO sexton.incident (pack, rule, group_key, labels, state, severity, firing, rule_snapshot)
       VALUES ('shop', 'late', 'a', '{}', 'closed', 'warning', '{}', '{}'), ('sexton', 'dead_letters', 'b', '{}', 'closed', 'warning',
         '{}', '{}') RETURNING number`,
    );
    for (const { number } of rows)
      await home.query(
        `INSERT INTO sexton.outbox (incident, wake, channel, address, tier, key, at, state)
         VALUES ($1, 1, 'slack', '', 't', '', sexton.now(), 'dead')`,
        [number],
      );
    expect((await examined()).of('dead letters')).toMatchObject({
      verdict: 'WARN',
      said: "1 of alerts, and 1 of Sexton's own alerts",
    });
  });
});

describe('the exit code of doctor', () => {
  const made = (...findings: readonly ReturnType<typeof pass>[]): readonly Check[] =>
    findings.map((finding) => ({ name: 'x', ms: 1, ...finding }));

  it('is that of the worst: 3 what could not be asked, 2 a fault, 1 a warning, 0 none', () => {
    const [well, odd, bad, gone] = [pass('a'), warn('b', 'do'), fail('c', 'do'), unasked('d', 'do')];
    expect([made(well), made(well, odd), made(odd, bad), made(bad, gone, well)].map(exitCodeOf)).toEqual([
      0, 1, 2, 3,
    ]);
  });

  it('stands beside one line a check, with what to do below', () => {
    expect(checkLines(made(pass('answers'), warn('odd', 'look')))).toEqual([
      'PASS  x      1 ms  answers',
      'WARN  x      1 ms  odd',
      '                   → look',
    ]);
  });
});

describe('sexton figures', () => {
  const told = async (json: boolean): Promise<string> => {
    let text = '';
    const out = { write: (chunk: unknown) => Boolean((text += String(chunk))) };
    expect(await figures({ load: async () => catalog, out }, { within: 86_400, json })).toBe(0);
    return text;
  };

  it('shows how soon people were told, acknowledged and resolved in a span', async () => {
    await home.query(
      `INSERT INTO sexton.incident (pack, rule, group_key, labels, state, severity, firing, rule_snapshot, first_fired_at,
         first_told_at, resolved_at)
       SELECT 'shop', 'late', 'g' || age, '{}', 'closed', 'warning', '{}', '{}', sexton.now() - interval '1 hour',
         sexton.now() - interval '1 hour' + interval '4 s', sexton.now() - age * interval '1 min'
       FROM unnest(ARRAY[50, 40, 30]) age`,
    );
    const found = JSON.parse(await told(true));
    expect(found).toMatchObject({
      withinSeconds: 86_400,
      notify: { count: 3, p50: 4, p95: 4, max: 4 },
      acknowledge: { count: 0, p50: null },
      resolve: { count: 3, p50: 1200, max: 1800 },
    });
    const lines = (await told(false)).split('\n');
    expect(lines.find((line) => line.includes('told'))).toMatch(/told\s+│ 3\s+│ 4s\s+│ 4s\s+│ 4s/);
    expect(lines.find((line) => line.includes('acknowledged'))).toMatch(/│ 0\s+│ –/);
  });
});
