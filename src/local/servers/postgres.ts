// How the embedded Postgres is run: a fresh cluster for each stack, reached by password on the loopback address.
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { runsAsRoot } from '../cache.ts';
import { findPostgres } from '../programs/find-postgres.ts';
import { lastLine, runProgram } from '../programs/run-program.ts';
import type { PostgresSettings } from '../protocol.ts';
import { postgresUser } from '../system-user.ts';
import { StackUnavailable } from '../unavailable.ts';
import type { Place, ServerKind } from './server.ts';

// No fsync: the data is thrown away with the stack. What committed still survives a killed server, since it is in
// the kernel's hands by then; only a crash of the whole machine could lose it.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_preload_libraries: 'pg_stat_statements',
  max_connections: '200',
  TimeZone: 'UTC',
  fsync: 'off',
  // Shared memory below the data folder goes with it, and does not depend on how large /dev/shm is.
  dynamic_shared_memory_type: 'mmap',
};

const owner = () => {
  const user = postgresUser();
  if (user) return { uid: user.uid, gid: user.gid };
  if (!runsAsRoot()) return undefined;
  throw new StackUnavailable(
    'Postgres does not run as root and there is neither a user postgres nor nobody: run `useradd --system postgres`, or set DATABASE_URL.',
  );
};

const initialise = async ({ place, login }: { place: Place; login: PostgresSettings }): Promise<void> => {
  const { program, folder, signal } = place;
  const [data, passwordFile, user] = [join(folder, 'data'), join(folder, 'password'), owner()];
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, login.password, { mode: 0o600 });
  if (user) {
    // The folder stays ours; Postgres' user only passes through.
    await chmod(folder, 0o711);
    for (const path of [data, passwordFile]) await chown(path, user.uid, user.gid);
  }
  const args = [
    ['-D', data, '-U', login.user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'],
    ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ].flat();
  const file = join(dirname(program.path), 'initdb');
  const result = await runProgram({
    file,
    args,
    ...user,
    env: { LC_ALL: 'C' },
    cwd: folder,
    signal,
    timeoutMs: 60_000,
  });
  await rm(passwordFile);
  if (!result.ok) throw new Error(`initdb failed: ${lastLine(result.stderr)}`);
};

export const postgresServer = (login: PostgresSettings): ServerKind => ({
  name: 'postgres',
  portCount: 1,
  find: findPostgres,
  prepare: (place) => initialise({ place, login }),
  launch: ({ folder, ports: [port] }) => ({
    args: [
      ['-D', join(folder, 'data'), '-p', String(port)],
      Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ].flat(),
    ...owner(),
  }),
  // Only ours knows the password.
  probe: async ({ ports: [port] }) => {
    const client = new Client({ host: '127.0.0.1', port, ...login, database: 'postgres' });
    await client.connect();
    await client.end();
  },
  // SIGQUIT is its crash: everything ends at once and the next start recovers. After SIGKILL of the first process
  // alone, the others live on for a while and keep a new one from starting.
  endBy: { orderly: 'SIGINT', crash: 'SIGQUIT' },
  passing: /in use|could not create any TCP|lock file/i,
});
