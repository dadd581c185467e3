// Each kind of check on the real thing that it asks, and that none of them can stop the others.
import { createServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CheckKind } from '../../../src/activities/checks/check-kind.ts';
import { createCheckKinds } from '../../../src/activities/checks/index.ts';
import { runChecks } from '../../../src/activities/checks/run-checks.ts';
import type { Dependencies } from '../../../src/activities/dependencies.ts';
import { createBlobStore } from '../../../src/adapters/blob-store.ts';
import { onRedis } from '../../../src/adapters/redis-connection.ts';
import type { VariableState } from '../../../src/catalog/catalog.ts';
import { useBlobApi } from '../../../src/config/blob.ts';
import type { CheckResult } from '../../../src/domain/health/health.ts';
import { startFakeBlob } from '../../../src/local/fakes/blob.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aCheck } from '../../support/monitors/a-health-check.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const NOW = '2026-02-10T12:00:00.000000Z';
const signal = new AbortController().signal;

/** One check of a kind, by itself. */
const check = async (
  kind: string,
  params: object,
  given: Partial<Dependencies> = {},
  timeoutSeconds = 5,
): Promise<Omit<CheckResult, 'name'>> => {
  const kinds = createCheckKinds({ ...engine.dependencies, redisUrl: redisUrl(), ...given });
  const snapshot = aCheck({ name: 'it', kind, with: { ...params }, timeoutSeconds });
  const [result] = await runChecks(kinds, { pack: 'test-pack', checks: [snapshot], asOf: NOW, signal });
  const { name, ...rest } = result ?? { name: 'none', status: 'FAIL' as const };
  expect(name).toBe('it');
  return rest;
};

/** Takes connections and never says a word. */
const silentServer = async (): Promise<{ readonly port: number; readonly close: () => void }> => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { port: address.port, close: () => void server.close() };
};

describe('a connection', () => {
  it('to Postgres is told with its latency, a warning above its limit, and a failure where there is none (SLA-45)', async () => {
    expect(await check('postgres', { database: 'app', warnAboveMs: 60_000 })).toEqual({
      status: 'PASS',
      latency_ms: expect.any(Number),
    });
    expect(await check('postgres', { database: 'app', warnAboveMs: 0.000_001 })).toMatchObject({
      status: 'WARN',
    });
    expect(await check('postgres', { database: 'nowhere', warnAboveMs: 250 })).toMatchObject({
      status: 'FAIL',
      error: expect.stringContaining('has no database nowhere'),
    });
  });

  it('to Redis takes and lets go of a probe lock under its own key, and leaves nothing behind (SLA-45, DRAFT-33)', async () => {
    const keys = () =>
      onRedis(redisUrl(), { timeoutMs: 5000, signal }, (redis) => redis.keys('probe:lock:*'));
    expect(await check('redis', { warnAboveMs: 60_000 })).toEqual({
      status: 'PASS',
      latency_ms: expect.any(Number),
    });
    expect(await keys()).toEqual([]);
    expect(await check('redis', { warnAboveMs: 60_000 }, { redisUrl: 'redis://127.0.0.1:1' })).toMatchObject({
      status: 'FAIL',
      error: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('that hangs fails once its own time is over, and its address is not told (SLA-45, SLA-48)', async () => {
    const silent = await silentServer();
    const url = `redis://:hunter2@127.0.0.1:${silent.port}`;
    const result = await check('redis', { warnAboveMs: 100 }, { redisUrl: url }, 0.3);
    silent.close();
    expect(result).toEqual({ status: 'FAIL', error: 'no answer within 0.3 s' });
  });

  it('to the blob store lists a page with the credentials, which must be accepted (SLA-45)', async () => {
    const blob = await startFakeBlob();
    useBlobApi({ apiUrl: blob.url });
    const params = { warnAboveMs: 60_000 };
    const accepted = await check('blob', params, { blobs: createBlobStore({ token: blob.token }) });
    const refused = await check('blob', params, {
      blobs: createBlobStore({ token: 'vercel_blob_rw_other_secret' }),
    });
    await blob.close();
    expect(accepted).toEqual({ status: 'PASS', latency_ms: expect.any(Number) });
    expect(refused).toMatchObject({ status: 'FAIL', error: expect.not.stringContaining('secret') });
    expect(await check('blob', params)).toMatchObject({
      status: 'FAIL',
      error: expect.stringContaining('BLOB_'),
    });
  });
});

describe('a catalogue', () => {
  beforeEach(async () => {
    await engine.db.query(`
      DROP TABLE IF EXISTS public.thing CASCADE;
      CREATE TABLE public.thing (id bigint, made_at timestamptz, note varchar(20), "Odd" int);
      INSERT INTO public.thing VALUES (1), (1);
      CREATE INDEX idx_thing_made_at ON public.thing (made_at);`);
  });

  const index = (name: string) => check('index', { database: 'app', index: name });

  it('with an index passes; without it, or with one that a failed build left, it fails (SLA-45, SLA-125)', async () => {
    expect(await index('idx_thing_made_at')).toEqual({ status: 'PASS' });
    expect(await index('idx_thing_nowhere')).toEqual({ status: 'FAIL', error: 'Index not found' });
    // Two equal rows: Postgres gives up, and leaves an index without a page.
    await expect(
      engine.db.query('CREATE UNIQUE INDEX CONCURRENTLY idx_thing_id ON public.thing (id)'),
    ).rejects.toThrow();
    expect(await index('idx_thing_id')).toEqual({ status: 'FAIL', error: 'Index invalid' });
    // A build that broke off later leaves one with pages, which only the catalogue's flag tells from a sound one.
    await engine.db.query(
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.idx_thing_made_at'::regclass",
    );
    expect(await index('idx_thing_made_at')).toEqual({ status: 'FAIL', error: 'Index invalid' });
    // A table's name is no index.
    expect(await index('thing')).toEqual({ status: 'FAIL', error: 'Index not found' });
  });

  const shape = (columns: object, table = 'thing') =>
    check('table-shape', { database: 'app', table, columns });

  it('of a table is compared by column and type, and the table must be readable (SLA-45)', async () => {
    const right = { id: 'int8', made_at: 'timestamptz', note: 'varchar', Odd: 'integer' };
    expect(await shape(right)).toEqual({ status: 'PASS' });
    expect(await shape({ id: 'text', gone: 'text', note: 'varchar' })).toEqual({
      status: 'FAIL',
      error: expect.stringMatching(/column id is bigint and not text/),
    });
    expect((await shape({ gone: 'text' })).error).toBe('column gone is missing');
    expect(await shape({ id: 'int8' }, 'nothing')).toMatchObject({
      error: 'there is no table or view nothing',
    });
    expect(await shape({ id: 'bigint', metadata: 'jsonb' }, 'sexton.audit_log')).toEqual({ status: 'PASS' });
    // Its columns are right, and nobody can read a row of it.
    await engine.db.query(`
      CREATE OR REPLACE FUNCTION public.refuses() RETURNS bigint LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the foreign server is gone'; END $$;
      CREATE OR REPLACE VIEW public.broken AS SELECT public.refuses() AS id`);
    expect(await shape({ id: 'bigint' }, 'broken')).toEqual({
      status: 'FAIL',
      error: 'the foreign server is gone',
    });
  });

  it('tells what the role may not do on a table (DRAFT-33)', async () => {
    const role = unique('reader');
    await engine.db.query(
      `CREATE ROLE ${role}; GRANT SELECT ON public.thing TO ${role}; GRANT USAGE ON SCHEMA sexton TO ${role}`,
    );
    await engine.db.query(`GRANT SELECT ON ALL TABLES IN SCHEMA sexton TO ${role}`);
    const reader = new pg.Pool({ connectionString: engine.url, options: `-c role=${role}`, max: 1 });
    const looking = { of: () => reader };
    const may = (
      privileges: readonly string[],
      table = 'thing',
      given: Partial<Dependencies> = { looking },
    ) => check('privileges', { database: 'app', table, privileges }, given);
    expect(await may(['SELECT'])).toEqual({ status: 'PASS' });
    expect(await may(['SELECT', 'DELETE', 'UPDATE'])).toEqual({
      status: 'FAIL',
      error: `${role} may not DELETE, UPDATE on thing`,
    });
    expect(await may(['SELECT', 'DELETE'], 'thing', {})).toEqual({ status: 'PASS' });
    expect(await may(['SELECT'], 'nothing')).toMatchObject({
      status: 'FAIL',
      error: 'there is no table nothing',
    });
    await reader.end();
    await engine.db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('tells which views and functions are missing (DRAFT-33)', async () => {
    await engine.db.query('CREATE OR REPLACE VIEW public.seen AS SELECT 1 AS one');
    await engine.db.query(
      "CREATE OR REPLACE FUNCTION public.asked(a interval DEFAULT '1 hour') RETURNS int LANGUAGE sql AS 'SELECT 1'",
    );
    const there = (views: readonly string[], functions: readonly string[]) =>
      check('objects', { database: 'app', tables: ['thing'], views, functions });
    expect(await there(['seen'], ['asked(interval)'])).toEqual({ status: 'PASS' });
    expect(await there(['thing', 'unseen'], ['asked(text)'])).toEqual({
      status: 'FAIL',
      // A table is no view.
      error: 'missing: view thing, view unseen, function asked(text)',
    });
  });

  it('is asked for a number, which is judged by limits (DRAFT-33)', async () => {
    const judged = (sql: string) =>
      check('measure', {
        measure: {
          kind: 'sql',
          timeoutSeconds: 5,
          with: { database: 'app', sql, value: 'value', none: 'noData' },
        },
        warn: { above: 1.5 },
        fail: { above: 2 },
        nothing: 'FAIL',
      });
    expect(await judged('SELECT 1.5 AS value')).toEqual({ status: 'PASS', value: 1.5 });
    expect(await judged('SELECT 2.25 AS value')).toEqual({
      status: 'FAIL',
      value: 2.25,
      error: '2.25 is above 2',
    });
    expect(await judged('SELECT 1 AS value WHERE false')).toMatchObject({ status: 'FAIL', value: null });
    expect(await judged('SELECT boom')).toMatchObject({
      status: 'FAIL',
      error: expect.stringContaining('boom'),
    });
  });
});

describe('a variable', () => {
  it.each<[string, VariableState | undefined, boolean, string]>([
    ['sound', { is: 'sound' }, false, 'PASS'],
    ['missing', { is: 'missing' }, false, 'FAIL'],
    ['missing and optional', { is: 'missing' }, true, 'WARN'],
    ['empty', { is: 'empty' }, true, 'FAIL'],
    ['malformed', { is: 'malformed', rule: 'must be a URL' }, true, 'FAIL'],
    ['not looked at', undefined, false, 'FAIL'],
  ])('that is %s is told as such (SLA-45)', async (_, state, optional, status) => {
    const variableStates = () => state;
    expect(await check('variable', { variable: 'X_URL', optional }, { variableStates })).toMatchObject({
      status,
    });
  });
});

describe('channels', () => {
  const probing = (refusing: readonly string[]): Dependencies['channels'] => ({
    ...engine.dependencies.channels,
    probe: async ({ channel }) => {
      if (refusing.includes(channel)) throw new Error('revoked');
    },
  });

  it.each([
    [[], 'PASS', undefined],
    [['pagerduty'], 'WARN', 'pagerduty: revoked'],
    [['pagerduty', 'slack'], 'FAIL', 'slack:webhook: revoked; pagerduty: revoked'],
  ])('of which %j refuse a silent probe are told as %s (DRAFT-33)', async (refusing, status, error) => {
    const targets = ['slack:webhook', 'pagerduty'];
    const found = await check('channels', { targets }, { channels: probing(refusing) });
    expect(found).toEqual({ status, ...(error !== undefined && { error }) });
  });
});

describe('side by side', () => {
  it('a check that throws and one that never answers fail alone, the rest is told in its order (SLA-45, DRAFT-34)', async () => {
    const kinds: Readonly<Record<string, CheckKind>> = {
      fine: async () => ({ status: 'PASS', latencyMs: 3.4 }),
      throws: async () => {
        throw new Error('postgres://ana:hunter2@db:5432 said\nno');
      },
      hangs: () => new Promise(() => {}),
    };
    const names = [
      'fine',
      'throws',
      'hangs',
      'unknown',
      ...Array.from({ length: 12 }, () => 'hangs'),
      'fine',
    ];
    const checks = names.map((kind, place) => aCheck({ name: `c${place}`, kind, timeoutSeconds: 0.2 }));
    const began = performance.now();
    const results = await runChecks(kinds, { pack: 'p', checks, asOf: NOW, signal });
    // Thirteen that hang, ten at once.
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(results.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
    expect(results.slice(0, 4)).toEqual([
      { name: 'c0', status: 'PASS', latency_ms: 3 },
      { name: 'c1', status: 'FAIL', error: 'postgres://…@db:5432 said no' },
      { name: 'c2', status: 'FAIL', error: 'no answer within 0.2 s' },
      { name: 'c3', status: 'FAIL', error: 'this worker knows no check of kind unknown' },
    ]);
    expect(results.at(-1)).toMatchObject({ status: 'PASS' });
  });
});
