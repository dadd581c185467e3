// What it was measured on. No names of hosts, users or folders: results are published.
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Connected } from './databases.ts';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly postgres: string;
  /** Of Postgres, as they were in force. */
  readonly postgresSettings: Readonly<Record<string, string>>;
}

const SETTINGS = [
  'shared_buffers',
  'max_wal_size',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'work_mem',
];

export const describeMachine = (connected: Connected): Promise<Machine> =>
  connected('postgres', async (db) => {
    const { rows } = await db.query<{ name: string; value: string }>(
      `SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1)`,
      [['server_version', ...SETTINGS]],
    );
    const { server_version: postgres = 'unknown', ...postgresSettings } = Object.fromEntries(
      rows.map(({ name, value }) => [name, value]),
    );
    return {
      cores: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
      postgres,
      postgresSettings,
    };
  });

/** Short name of the commit that was measured, `+` where the product's files or `bench` differ from it; `unknown` outside a checkout. */
export const describeCommit = (bench: string): string => {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const short = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain', '--', '../../src', bench) === '' ? short : `${short}+`;
  } catch {
    return 'unknown';
  }
};
