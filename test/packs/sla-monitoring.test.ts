// The pack's declarations against its specification, and its tables and seed on a real database.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedMagicLinks } from '../../packs/sla-monitoring/seed/magic-links.ts';
import { migrate, pendingMigrations } from '../../src/adapters/postgres/migrate.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { migrateAll, migrationFolders } from '../../src/client/sync/migrations.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import { freshDatabase } from '../support/stack.ts';

const NOW = new Date('2026-02-10T12:00:00Z');

let catalog: Catalog;
let client: pg.Client;

beforeAll(async () => {
  // Home and target in one database, as a small installation may have them.
  const url = await freshDatabase('sla');
  catalog = await loadCatalog({ env: { DATABASE_URL: url, REDIS_URL: 'redis://localhost:6379' } });
  await migrateAll(catalog);
  client = new pg.Client({ connectionString: url });
  await client.connect();
});

afterAll(() => client.end());

const rows = async (sql: string, values: readonly unknown[] = []) =>
  (await client.query(sql, [...values])).rows;

describe('jobs', () => {
  it('SLA-09, SLA-14, SLA-15, SLA-16: cleanup_magic_links is declared as specified', () => {
    const job = catalog.jobs.find(({ name }) => name === 'cleanup_magic_links');
    expect(job?.schedule).toBe('10 * * * *');
    expect(job?.snapshot).toMatchObject({
      v: 1,
      budgetSeconds: 300,
      resourceType: 'magic_link',
      lockKey: 'lock:cleanup:cleanup_magic_links',
      steps: [{ batchRows: 1000, selection: { age: { column: 'expires_at', olderThanSeconds: 86_400 } } }],
    });
  });
});

describe('migrations', () => {
  it('SLA-07: running them again changes nothing', async () => {
    for (const folder of migrationFolders(catalog)) {
      expect(await pendingMigrations(folder)).toEqual([]);
      expect(await migrate(folder)).toEqual([]);
    }
  });

  it('run once when two processes start them together', async () => {
    const url = await freshDatabase('sla_race');
    const folders = migrationFolders({ home: { url }, databases: [] });
    for (const folder of folders) {
      const ran = (await Promise.all([migrate(folder), migrate(folder), migrate(folder)])).flat();
      expect(ran).toEqual([...new Set(ran)]);
      expect(ran.length).toBeGreaterThan(0);
    }
  });

  it('SLA-07: audit_log has exactly the stated columns, and its rows are the engine’s', async () => {
    const columns = await rows(
      `SELECT column_name, data_type FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = 'audit_log' ORDER BY ordinal_position`,
    );
    expect(columns.map(({ column_name, data_type }) => `${column_name} ${data_type}`)).toEqual([
      'id bigint',
      'actor text',
      'action text',
      'resource_type text',
      'timestamp timestamp with time zone',
      'metadata jsonb',
    ]);
    const inserted = await rows(
      `INSERT INTO audit_log (actor, action, resource_type) VALUES ('system:test', 'CLEANUP_COMPLETED', 'quiz_response')
       RETURNING id, "timestamp" = sexton.now() AS now, metadata`,
    );
    expect(inserted).toMatchObject([{ now: true, metadata: {} }]);
    expect(await rows('SELECT actor, pack FROM sexton.audit_log WHERE id = $1', [inserted[0]?.id])).toEqual([
      { actor: 'system:test', pack: null },
    ]);
    await expect(client.query('DELETE FROM audit_log')).rejects.toThrow('append-only');
  });

  it('SLA-08: every required index is there and valid', async () => {
    const indexes = await rows(
      'SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisvalid',
    );
    const names = indexes.map(({ relname }) => relname);
    expect(names).toEqual(
      expect.arrayContaining([
        'idx_quiz_responses_created_at',
        'idx_meal_plans_pdf_generated_at',
        'idx_magic_link_tokens_expires_at',
        'idx_email_blacklist_expires_at',
        'idx_audit_log_action_timestamp',
      ]),
    );
  });
});

describe('seed', () => {
  const fingerprint = () =>
    rows(`SELECT count(*)::int, md5(string_agg(t::text, '|' ORDER BY id)) FROM magic_link_tokens t`);

  it('SLA-11: 120,000 links, 30,000 of them expired over 24 h ago, the same each time', async () => {
    expect(await seedMagicLinks({ client, now: NOW })).toMatchObject({ rows: 120_000, eligible: 30_000 });
    const first = await fingerprint();
    const counts = await rows(
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE expires_at < $1::timestamptz - interval '24 hours')::int AS eligible,
         count(*) FILTER (WHERE expires_at < $1::timestamptz - interval '23 hours')::int AS in_an_hour,
         count(*) FILTER (WHERE expires_at < $1 AND expires_at >= $1::timestamptz - interval '24 hours')::int AS young,
         count(*) FILTER (WHERE expires_at > $1)::int AS valid
       FROM magic_link_tokens`,
      [NOW],
    );
    expect(counts).toEqual([
      {
        rows: 120_000,
        eligible: 30_000,
        in_an_hour: 30_000,
        young: expect.any(Number),
        valid: expect.any(Number),
      },
    ]);
    expect(counts[0]?.young).toBeGreaterThan(1000);
    expect(counts[0]?.valid).toBeGreaterThan(1000);
    await seedMagicLinks({ client, now: NOW });
    expect(await fingerprint()).toEqual(first);
  });

  it('lays rows down in another order than their age, and tells the planner about them', async () => {
    const statistics = await rows(
      `SELECT correlation FROM pg_stats WHERE tablename = 'magic_link_tokens' AND attname = 'expires_at'`,
    );
    expect(Math.abs(statistics[0]?.correlation)).toBeLessThan(0.5);
  });
});
