// `sexton seed`: fills tables once, never over rows that nobody gave up, and writes objects into local stores only.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Scenario } from '../../src/catalog/define/pack.ts';
import { registerSeed } from '../../src/client/commands/seed.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import type { Env } from '../../src/config/env.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import { type FakeBlob, startFakeBlob } from '../../src/local/fakes/blob.ts';
import { firstStep } from '../support/jobs/steps.ts';
import { type } from '../support/programs/typing.ts';
import { freshDatabase } from '../support/stack.ts';

const NOW = '2026-02-10T12:00:00Z';

const seedWith = (catalog: Catalog, env: Env, ...args: string[]) =>
  type(
    [(program, { out, err }) => registerSeed(program, { env, load: async () => catalog, out, err })],
    {} as never,
    ['seed', ...args],
  );

const query = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

/** A pack `shop` with a table of its own, and scenarios of the test's. */
const shop = async (scenarios: Record<string, Scenario>, change: Partial<Catalog> = {}): Promise<Catalog> => {
  const url = await freshDatabase('seed');
  const pack = { name: 'shop', databases: {}, env: {}, build: () => ({ jobs: [] }), seed: { scenarios } };
  return {
    profile: 'development',
    packs: [pack],
    jobs: [],
    databases: [{ pack: 'shop', name: 'app', url }],
    ...change,
  } as unknown as Catalog;
};

/** The pack alone, whatever else is installed, with its database at this address. */
const declared = async (url: string): Promise<Catalog> => {
  const all = await loadCatalog({ env: { DATABASE_URL: url, REDIS_URL: 'redis://localhost:6379' } });
  return {
    ...all,
    packs: all.packs.filter(({ name }) => name === 'sla-monitoring'),
    jobs: all.jobs.filter(({ pack }) => pack === 'sla-monitoring'),
    databases: all.databases.filter(({ pack }) => pack === 'sla-monitoring'),
  };
};

describe('the bundled pack', () => {
  let catalog: Catalog;
  let url: string;
  beforeAll(async () => {
    url = await freshDatabase('seed_sla');
    catalog = await declared(url);
    await migrateAll(catalog);
  });

  const prints = () =>
    query(
      url,
      `SELECT (SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM public.magic_link_tokens t) AS links,
         (SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM public.meal_plans t) AS plans`,
    );

  it('says what makes the tables where they are missing: exit 1', async () => {
    const bare = await declared(await freshDatabase('seed_bare'));
    expect(await seedWith(bare, {}, '--now', NOW)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'tables are missing; `sexton apply` makes them. Nothing was changed\n',
    });
  });

  it('is filled with the base scenario, the same for the same instant, and each table’s figures are told (SLA-11)', async () => {
    const first = await seedWith(catalog, {}, '--now', NOW, '--json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const told = JSON.parse(first.stdout);
    expect(told).toMatchObject({
      now: '2026-02-10T12:00:00.000Z',
      seeded: [{ pack: 'sla-monitoring', scenario: 'base' }],
      objects: { written: 0 },
    });
    expect(told.seeded[0].tables).toContainEqual({
      table: 'public.magic_link_tokens',
      rows: 120_000,
      eligible: 30_000,
    });
    const before = await prints();
    const links = ['--pack', 'sla-monitoring', '--scenario', 'magic-links', '--replace'];
    const again = await seedWith(catalog, {}, ...links, '--now', NOW);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/public\.magic_link_tokens\s+│\s+120,000\s+│\s+30,000/);
    expect(again.stdout).toContain(
      'as of 2026-02-10T12:00:00.000Z; no objects were written: there is no local',
    );
    expect(await prints()).toEqual(before);
    await seedWith(catalog, {}, ...links, '--now', '2026-02-10T13:00:00Z');
    expect(await prints()).not.toEqual(before);
  });

  it('keeps the rows that a table of its jobs holds, unless --replace gives them up: exit 1', async () => {
    await seedWith(catalog, {}, '--scenario', 'magic-links', '--replace');
    const others = catalog.jobs
      .map(({ snapshot }) => firstStep(snapshot).selection)
      .filter(({ table }) => table !== 'magic_link_tokens');
    await query(url, `TRUNCATE ${others.map(({ schema, table }) => `${schema}.${table}`).join(', ')}`);
    const before = await prints();
    expect(await seedWith(catalog, {}, '--now', NOW)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'public.magic_link_tokens holds 120000 rows; a seed would empty it, and `--replace` says that it may. ' +
        'Nothing was changed\n',
    });
    expect(await prints()).toEqual(before);
  });

  it('is never seeded in production, --replace or not: exit 2', async () => {
    const before = await prints();
    const production: Catalog = { ...catalog, profile: 'production' };
    expect(await seedWith(production, {}, '--replace')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'SEXTON_PROFILE is production, where nothing is seeded. Nothing was changed\n',
    });
    expect(await prints()).toEqual(before);
  });
});

describe('names', () => {
  it.each([
    [['--scenario', 'full'], 'no scenario full; there are: base (shop), late (shop)\n'],
    [
      ['--pack', 'shop', '--scenario', 'full'],
      'no scenario full of pack shop; there are: base (shop), late (shop)\n',
    ],
    [['--pack', 'shp'], 'no pack shp; there are: shop\n'],
  ])('%j lists what there is: exit 2', async (args, words) => {
    const catalog = await shop({ base: async () => [], late: async () => [] });
    expect(await seedWith(catalog, {}, ...args)).toEqual({ code: 2, stdout: '', stderr: words });
  });

  it.each(['yesterday', '2026-02-10', '2026-02-30T12:00:00'])('--now %s is bad input: exit 2', async (at) => {
    const { code, stderr } = await seedWith(await shop({ base: async () => [] }), {}, '--now', at);
    expect(code).toBe(2);
    expect(stderr).toContain('must be an instant such as 2026-02-10T12:00:00Z');
  });

  it('a scenario that asks for a database that its pack does not declare is told so', async () => {
    const catalog = await shop({
      base: async ({ database }) => {
        await database('other').query('SELECT 1');
        return [];
      },
    });
    const { code, stderr } = await seedWith(catalog, {});
    expect(code).toBe(3);
    expect(stderr).toContain('scenario base asks for database other, which shop does not declare');
  });
});

describe('objects', () => {
  const paths = Array.from({ length: 100 }, (_, n) => `plans/${String(n).padStart(3, '0')}.pdf`);
  let seen: boolean | undefined;
  const base: Scenario = async ({ blobs }) => {
    seen = blobs !== undefined;
    await blobs?.put(paths);
    return [];
  };

  let store: FakeBlob | undefined;
  const before = { ...process.env };
  afterEach(async () => {
    for (const name of ['VERCEL_BLOB_API_URL', 'VERCEL_BLOB_RETRIES']) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await store?.close();
    store = undefined;
  });

  it('are written to a local store, and counted', async () => {
    store = await startFakeBlob();
    const env = { VERCEL_BLOB_API_URL: store.url, BLOB_READ_WRITE_TOKEN: store.token };
    const { code, stdout, stderr } = await seedWith(await shop({ base }), env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`100 objects written to ${store.url}`);
    expect(store.paths()).toEqual(paths);
  });

  it.each([
    ['no store is set', {}],
    ['only a token is set', { BLOB_READ_WRITE_TOKEN: 'vercel_blob_rw_store_secret' }],
    ['the address is the real one', { url: 'https://vercel.com/api/blob' }],
    ['the address is one of the real stores', { url: 'https://x.public.blob.vercel-storage.com' }],
  ])('are not written where %s, and that is said', async (_, { url, ...env }: Record<string, string>) => {
    const given = url ? { VERCEL_BLOB_API_URL: url, BLOB_READ_WRITE_TOKEN: 'vercel_blob_rw_s_secret' } : env;
    const { code, stdout } = await seedWith(await shop({ base }), given);
    expect({ code, seen }).toEqual({ code: 0, seen: false });
    expect(stdout).toContain('no objects were written: ');
    expect(stdout).not.toContain('secret');
  });

  it('are written at most twenty at a time', async () => {
    let open = 0;
    let most = 0;
    const server = createServer((request, response) => {
      open += 1;
      most = Math.max(most, open);
      request.resume();
      setTimeout(() => {
        open -= 1;
        const pathname = new URL(request.url ?? '', 'http://x').searchParams.get('pathname');
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ url: `http://x/${pathname}`, pathname }));
      }, 20);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const env = {
      VERCEL_BLOB_API_URL: `http://127.0.0.1:${port}`,
      BLOB_READ_WRITE_TOKEN: 'vercel_blob_rw_s_t',
    };
    const { code, stdout } = await seedWith(await shop({ base }), env, '--json');
    server.close();
    server.closeAllConnections();
    expect(code).toBe(0);
    // On a busy machine fewer of them meet; one after the other would be far too slow.
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(20);
    expect(JSON.parse(stdout).objects.written).toBe(100);
  });

  it('that the store refuses end the seed with exit 3, and no further one is written', async () => {
    store = await startFakeBlob();
    store.fail({ on: 'put', next: 1, with: 'store_suspended' });
    const env = { VERCEL_BLOB_API_URL: store.url, BLOB_READ_WRITE_TOKEN: store.token };
    const { code, stdout, stderr } = await seedWith(await shop({ base }), env);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/suspended/i);
    expect(store.calls().length).toBeLessThan(40);
  });
});
