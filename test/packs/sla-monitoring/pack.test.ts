// The pack's declarations against its specification, and its tables on a real database.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, pendingMigrations } from '../../../src/adapters/postgres/migrate.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { migrateAll, migrationFolders } from '../../../src/client/sync/migrations.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { firstStep } from '../../support/jobs/steps.ts';
import { freshDatabase } from '../../support/stack.ts';

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
  const declared = (name: string) => {
    const found = catalog.jobs.find((job) => job.name === name);
    const step = found && firstStep(found.snapshot);
    return { ...found?.snapshot, schedule: found?.schedule, step };
  };

  it('SLA-09, SLA-14: four jobs, each with its resource type and its budget', () => {
    expect(
      catalog.jobs.map(({ name, snapshot }) => [name, snapshot.resourceType, snapshot.budgetSeconds]),
    ).toEqual(
      expect.arrayContaining([
        ['cleanup_quiz_responses', 'quiz_response', 3600],
        ['cleanup_pdfs', 'meal_plan_pdf', 7200],
        ['cleanup_magic_links', 'magic_link', 300],
        ['cleanup_blacklist', 'email_blacklist', 600],
      ]),
    );
  });

  it.each([
    ['cleanup_quiz_responses', 'quiz_responses.created_at', 30 * 86_400, 1000, '0 2 * * *'],
    ['cleanup_pdfs', 'meal_plans.pdf_generated_at', 90 * 86_400, 100, '0 3 * * *'],
    ['cleanup_magic_links', 'magic_link_tokens.expires_at', 86_400, 1000, '10 * * * *'],
    ['cleanup_blacklist', 'email_blacklist.expires_at', 0, 500, '30 1 * * *'],
  ])(
    'SLA-15, SLA-16: %s goes by %s, in batches, on its schedule, under its lock',
    (name, age, seconds, batch, cron) => {
      const { step, schedule, lockKey } = declared(name);
      const { table, age: found } = step!.selection;
      expect([`${table}.${found.column}`, found.olderThanSeconds, step?.batchRows, schedule]).toEqual([
        age,
        seconds,
        batch,
        cron,
      ]);
      expect(lockKey).toBe(`lock:cleanup:${name}`);
    },
  );

  it('SLA-15: cleanup_pdfs deletes files at once, clears their paths and says when; the others delete rows', () => {
    for (const name of ['cleanup_quiz_responses', 'cleanup_magic_links', 'cleanup_blacklist']) {
      expect(declared(name).step?.action).toBe('delete');
    }
    expect(declared('cleanup_pdfs').step?.action).toBe('blobs');
    expect(declared('cleanup_pdfs').step).toMatchObject({
      blobs: { column: 'pdf_blob_path', deletedAt: 'pdf_deleted_at', graceSeconds: 0 },
      selection: { where: '"pdf_blob_path" IS NOT NULL' },
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

  it.each([
    ['quiz_responses', ['answers jsonb', 'created_at timestamptz', 'email_hash text', 'id uuid']],
    [
      'meal_plans',
      [
        'created_at timestamptz',
        'id uuid',
        'pdf_blob_path text',
        'pdf_deleted_at timestamptz',
        'pdf_generated_at timestamptz',
        'quiz_response_id uuid',
      ],
    ],
    [
      'magic_link_tokens',
      [
        'created_at timestamptz',
        'expires_at timestamptz',
        'id uuid',
        'token_hash text',
        'used_at timestamptz',
      ],
    ],
    [
      'email_blacklist',
      ['created_at timestamptz', 'email_hash text', 'expires_at timestamptz', 'id uuid', 'reason text'],
    ],
  ])('SLA-07: %s has the stated columns, its id the key', async (table, columns) => {
    const found = await rows(
      `SELECT column_name, udt_name FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = $1 ORDER BY column_name`,
      [table],
    );
    expect(found.map(({ column_name, udt_name }) => `${column_name} ${udt_name}`)).toEqual(columns);
    const keys = await rows(
      `SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
       WHERE i.indisprimary AND i.indrelid = $1::regclass`,
      [`public.${table}`],
    );
    expect(keys).toEqual([{ attname: 'id' }]);
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

  it('SLA-07: manual_resolution_queue has exactly the stated columns, and its rows are the engine’s', async () => {
    const columns = await rows(
      `SELECT column_name, data_type FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = 'manual_resolution_queue' ORDER BY column_name`,
    );
    expect(columns.map(({ column_name, data_type }) => `${column_name} ${data_type}`)).toEqual([
      'assigned_to text',
      'created_at timestamp with time zone',
      'failure_mode text',
      'id uuid',
      'priority text',
      'resolution_note text',
      'resolved_at timestamp with time zone',
      'resource_id text',
      'resource_type text',
      'source_job text',
      'status text',
    ]);
    const insert = `INSERT INTO manual_resolution_queue (source_job, resource_type, resource_id, failure_mode)
      VALUES ('cleanup_pdfs', 'meal_plan_pdf', 'a.pdf', 'blob_refused')`;
    const inserted = await rows(
      `${insert} RETURNING id, priority, status, created_at = sexton.now() AS now, resolved_at`,
    );
    expect(inserted).toMatchObject([{ priority: 'normal', status: 'pending', now: true, resolved_at: null }]);
    expect(
      await rows('SELECT resource_id, run_id FROM sexton.manual_resolution_queue WHERE id = $1', [
        inserted[0]?.id,
      ]),
    ).toEqual([{ resource_id: 'a.pdf', run_id: null }]);
    // Once per item while it is pending, through this door as well.
    await expect(client.query(insert)).rejects.toThrow('mrq_one_pending_per_item');
    for (const column of ['priority', 'status'])
      await expect(
        client.query(`UPDATE manual_resolution_queue SET ${column} = 'other' WHERE id = $1`, [
          inserted[0]?.id,
        ]),
      ).rejects.toThrow('check constraint');
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
        'idx_mrq_pending_created_at',
        'idx_mrq_resolved_at',
        'idx_meal_plans_pdf_blob_path',
      ]),
    );
  });
});
