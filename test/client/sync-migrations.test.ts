// Folders of migrations on a real database: all of a folder or nothing of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MigrationFolder, migrate, pendingMigrations } from '../../src/adapters/postgres/migrate.ts';
import { migrationFolders } from '../../src/client/sync/migrations.ts';
import { freshDatabase } from '../support/stack.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sexton-migrations-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);

const tablesOf = async ({ url }: MigrationFolder): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'sexton') ORDER BY 1`,
  );
  await client.end();
  return rows.map(({ name }) => name);
};

describe('a folder of migrations', () => {
  it('is told what is pending without touching the database', async () => {
    const folder = { url: await freshDatabase('pending'), directory, table: 'migrations_x' };
    write('002_b.sql', 'SELECT 1;');
    write('001_a.sql', 'SELECT 1;');
    write('README.md', 'not a migration');
    expect(await pendingMigrations(folder)).toEqual(['001_a', '002_b']);
    expect(await tablesOf(folder)).toEqual([]);
  });

  it('is kept as a whole or not at all, says what failed, and is quiet otherwise', async () => {
    const log = vi.spyOn(console, 'info');
    const folder = { url: await freshDatabase('whole'), directory, table: 'migrations_x' };
    write('001_a.sql', '-- Up Migration\nCREATE TABLE public.a (id int);');
    write('002_b.sql', '-- Up Migration\nCREATE TABLE public.b (id no_such_type);');
    write('README.md', 'not a migration');
    await expect(migrate(folder)).rejects.toThrow(/migrations of migrations_x failed, .*no_such_type/s);
    expect(await tablesOf(folder)).toEqual(['sexton.migrations_x']);
    expect(await pendingMigrations(folder)).toEqual(['001_a', '002_b']);
    write('002_b.sql', '-- Up Migration\nCREATE TABLE public.b (id int);');
    expect(await migrate(folder)).toEqual(['001_a', '002_b']);
    expect(await tablesOf(folder)).toEqual(['public.a', 'public.b', 'sexton.migrations_x']);
    expect(await migrate(folder)).toEqual([]);
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

describe('the order of folders', () => {
  it('is shared before home, and shared before target before the pack’s, once per address', () => {
    const app = { pack: 'some-pack', name: 'app', migrationsDir: '/packs/some-pack' };
    const show = (databases: readonly { pack: string; name: string; url: string }[]) =>
      migrationFolders({ home: { url: 'h' }, databases }).map(({ url, folder, table }) =>
        [url, folder, table].join(' '),
      );
    const home = ['h shared migrations_shared', 'h home migrations_home'];
    expect(show([{ ...app, url: 't' }])).toEqual([
      ...home,
      't shared migrations_shared',
      't target migrations_target',
      't some-pack migrations_pack_some_pack',
    ]);
    expect(show([{ ...app, url: 'h' }])).toEqual([
      ...home,
      'h target migrations_target',
      'h some-pack migrations_pack_some_pack',
    ]);
  });
});
