// The dead man's switch: it calls its receiver while every condition holds, stops when any one of them breaks, and says
// which, once. Real rows on real Postgres.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogMonitor } from '../../src/catalog/catalog.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import { heartbeatSettings } from '../../src/config/worker-env.ts';
import { type FakeServer, serveFake, textReply } from '../../src/local/fakes/http.ts';
import { startHeartbeat } from '../../src/worker/heartbeat.ts';
import { createEngine, type Engine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { aMonitor } from '../support/monitors/a-monitor.ts';

const CARTS: CatalogMonitor = {
  id: 'shop/monitor/carts',
  pack: 'shop',
  name: 'carts',
  schedule: '*/10 * * * *',
  snapshot: aMonitor(),
};
const CANARY: CatalogMonitor = {
  id: 'sexton/monitor/canary',
  pack: 'sexton',
  name: 'canary',
  schedule: '*/5 * * * *',
  snapshot: aMonitor({ cadenceSeconds: 300 }),
};

let engine: Engine;
let receiver: FakeServer;
let calls: string[] = [];
let status = 200;
let lines: string[] = [];
let heart: ReturnType<typeof startHeartbeat> | undefined;

beforeAll(async () => {
  engine = await createEngine();
  receiver = await serveFake(({ method, path }) => {
    calls.push(`${method} ${path}`);
    return textReply(status, 'OK');
  });
});
afterAll(async () => {
  await receiver.close();
  await engine.close();
});
beforeEach(async () => {
  [calls, lines, status] = [[], [], 200];
  await engine.db.query('TRUNCATE sexton.incident, sexton.outbox, sexton.incident_member, sexton.evaluation');
  await engine.db.query(
    `INSERT INTO sexton.evaluation (pack, monitor, tick, series, failed, firing)
     VALUES ('sexton', 'canary', sexton.now(), 3, 0, 1), ('shop', 'carts', sexton.now(), 1, 0, 0)`,
  );
  await incident("'sexton', 'canary'");
});
afterEach(async () => {
  await heart?.stop();
  heart = undefined;
});

const incident = (named: string): Promise<unknown> =>
  engine.db.query(
    `INSERT INTO sexton.incident (pack, rule, group_key, labels, severity, firing, rule_snapshot, handed_seq, first_told_at,
       last_wake) VALUES (${named}, gen_random_uuid()::text, '{}', 'warning', '{}', '{}', 1, sexton.now(), 1)`,
  );

const start = (monitors: readonly CatalogMonitor[] = [CANARY, CARTS], url = engine.url): void => {
  const write = (_: object, message: string): void => void lines.push(message);
  heart = startHeartbeat({
    url: `${receiver.origin}/ping/4711`,
    everySeconds: 0.1,
    catalog: { home: { url }, monitors },
    logger: { info: write, warn: write, error: write },
  });
};

const beats = (more: number): Promise<unknown> => {
  const before = calls.length;
  return eventually(`${more} more beats`, () => calls.length >= before + more);
};
/** Nothing came for several periods after it had said why. */
const stays = async (said: RegExp): Promise<void> => {
  await eventually(`it says ${said}`, () => lines.some((line) => said.test(line)));
  const before = calls.length;
  let looks = 0;
  await eventually('some periods have passed', () => (looks += 1) > 8, { everyMs: 100 });
  expect(calls.length).toBe(before);
};

describe('the heartbeat, while alerts come through,', () => {
  it('calls its receiver at every period, with a plain GET, and says so once', async () => {
    start();
    await beats(3);
    expect(new Set(calls)).toEqual(new Set(['GET /ping/4711']));
    expect(lines).toEqual(['heartbeat: all is well, and is told']);
  });
});

describe('the heartbeat stops, says why once, and beats again once that is mended', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'no canary came through',
      `UPDATE sexton.incident SET first_told_at = NULL WHERE rule = 'canary'`,
      `UPDATE sexton.incident SET first_told_at = sexton.now() WHERE rule = 'canary'`,
      /none is sent; a canary was never told/,
    ],
    [
      'the canary is not evaluated, because its schedule is paused',
      `UPDATE sexton.evaluation SET evaluated_at = sexton.now() - interval '8 min' WHERE monitor = 'canary'`,
      'UPDATE sexton.evaluation SET evaluated_at = sexton.now()',
      /none is sent; the canary was evaluated last 8m ago/,
    ],
    [
      'nobody hands over',
      `UPDATE sexton.incident SET handed_seq = 0, first_fired_at = sexton.now() - interval '70 s', first_told_at = sexton.now()`,
      'UPDATE sexton.incident SET handed_seq = 1',
      /none is sent; 1 incident waits for hand-over/,
    ],
    [
      'a rule is older than two cadences',
      `UPDATE sexton.evaluation SET tick = sexton.now() - interval '21 min' WHERE monitor = 'carts'`,
      'UPDATE sexton.evaluation SET tick = sexton.now()',
      /none is sent; rules are not judged: shop\/monitor\/carts \(21m ago\)/,
    ],
    [
      'a wake is overdue and reached nobody',
      `INSERT INTO sexton.incident (pack, rule, group_key, labels, severity, firing, rule_snapshot, handed_seq, last_wake, next_due_at)
       VALUES ('shop', 'late', 'g', '{}', 'critical', '{}', '{}', 1, 1, sexton.now() - interval '130 s')`,
      `DELETE FROM sexton.incident WHERE rule = 'late'`,
      /none is sent; nobody has been told of shop\/late\/\d+/,
    ],
  ])('where %s', async (_, breaks, mends, said) => {
    start();
    await beats(1);
    await engine.db.query(breaks);
    await stays(said);
    expect(lines).toHaveLength(2);
    await engine.db.query(mends);
    await beats(2);
    expect(lines.at(-1)).toBe('heartbeat: all is well, and is told');
    expect(lines).toHaveLength(3);
  });

  it('where the receiver refuses it: it is called once more at once, and at the next period', async () => {
    status = 500;
    start();
    await eventually('it says so', () => lines[0] === 'heartbeat: none is sent; HEARTBEAT_URL answered 500');
    await beats(2);
    expect(lines.join()).not.toContain('4711');
    status = 200;
    await eventually('it is well', () => lines[1] === 'heartbeat: all is well, and is told');
  });
});

describe('the heartbeat never comes', () => {
  it('where no canary is declared', async () => {
    start([CARTS]);
    await stays(/no canary is declared/);
    expect(calls).toEqual([]);
  });

  it('where Postgres is not there, and never says how it is reached', async () => {
    start([CANARY], 'postgresql://anna:geheim@127.0.0.1:1/home');
    await stays(/the home database does not tell how things stand/);
    expect(calls).toEqual([]);
    expect(lines.join()).not.toContain('geheim');
  });
});

describe('the environment', () => {
  const ADDRESSES = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

  it('switches it on by HEARTBEAT_URL alone, every minute unless HEARTBEAT_SECONDS says otherwise', () => {
    const url = 'https://hc.example/ping/1';
    expect(heartbeatSettings({})).toBeUndefined();
    expect(heartbeatSettings({ HEARTBEAT_URL: url })).toEqual({ url, everySeconds: 60 });
    expect(heartbeatSettings({ HEARTBEAT_URL: url, HEARTBEAT_SECONDS: '30' })).toEqual({
      url,
      everySeconds: 30,
    });
  });

  it('is refused where it cannot be called, and its secret is not told', async () => {
    const env = { ...ADDRESSES, HEARTBEAT_URL: 'ftp://hc.example/ping/geheim' };
    const error: unknown = await loadCatalog({ env }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('HEARTBEAT_URL: must be a URL that starts with http:// or https://');
    expect(String(error)).not.toContain('geheim');
  });
});
