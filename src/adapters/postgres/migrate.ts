// Brings one database up to date with one folder of plain `.sql` migrations. Each folder has its own table
// in schema `sexton`, so that the engine's and every pack's migrations go forward apart from each other.
import { readdir } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

/** One folder for one database. */
export interface MigrationFolder {
  /** Address of the database. */
  readonly url: string;
  /** Absolute folder; files are named `001_words.sql` and run in that order. */
  readonly directory: string;
  /** Where the names of those that ran are kept, in schema `sexton`. */
  readonly table: string;
}

const SCHEMA = 'sexton';

const connected = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'sexton',
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const alreadyRun = async ({ url, table }: MigrationFolder): Promise<ReadonlySet<string>> =>
  connected(url, async (client) => {
    const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS there', [
      `${SCHEMA}.${pg.escapeIdentifier(table)}`,
    ]);
    if (!rows[0]?.there) return new Set();
    const names = await client.query<{ name: string }>(
      `SELECT name FROM ${SCHEMA}.${pg.escapeIdentifier(table)}`,
    );
    return new Set(names.rows.map(({ name }) => name));
  });

/** Names, without `.sql`, of the migrations that have not run, in their order. Changes nothing. */
export const pendingMigrations = async (folder: MigrationFolder): Promise<readonly string[]> => {
  const files = (await readdir(folder.directory)).filter((file) => file.endsWith('.sql')).toSorted();
  const run = await alreadyRun(folder);
  return files.map((file) => file.slice(0, -'.sql'.length)).filter((name) => !run.has(name));
};

/** Runs what is pending, all of it or nothing, one process at a time; returns the names of what ran. */
export const migrate = async ({ url, directory, table }: MigrationFolder): Promise<readonly string[]> => {
  const log: string[] = [];
  try {
    const ran = await runner({
      databaseUrl: { connectionString: url, application_name: 'sexton', connectionTimeoutMillis: 5_000 },
      dir: directory,
      // Files that are no migration, a README say, would otherwise be run as one.
      ignorePattern: '(?!.*\\.sql$).*',
      direction: 'up',
      migrationsSchema: SCHEMA,
      migrationsTable: table,
      createMigrationsSchema: true,
      singleTransaction: true,
      // A second process waits for the first and then finds nothing to do.
      advisoryLockMode: 'wait',
      log: (line) => log.push(line),
    });
    return ran.map(({ name }) => name);
  } catch (error) {
    throw new Error(`migrations of ${table} failed, nothing of them is kept:\n${log.join('\n')}`, {
      cause: error,
    });
  }
};
