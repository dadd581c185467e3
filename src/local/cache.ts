// The folder that outlives stacks: fetched programs, and the data of running stacks under run/.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StackUnavailable } from './unavailable.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const runsAsRoot = (): boolean => process.getuid?.() === 0;

const usual = (env: Environment): string => {
  // Postgres refuses to run as root, and the user it runs as instead may not enter root's home.
  if (runsAsRoot()) return '/var/cache/sexton';
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'sexton');
  const home = env['HOME'] ?? homedir();
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'sexton')
    : join(home, '.cache', 'sexton');
};

const isWritable = (folder: string): boolean => {
  try {
    // Postgres' user has to pass through it, whatever the umask.
    if (mkdirSync(folder, { recursive: true })) chmodSync(folder, 0o755);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Programs are run from the cache: one that nobody asked for and that somebody else has made is not trusted. */
const isOurs = (folder: string): boolean => isWritable(folder) && statSync(folder).uid === process.getuid?.();

/** Finds or makes the cache folder: SEXTON_CACHE_DIR, else the user's usual one, else one below the system's tmp. */
export const cacheFolder = (env: Environment): string => {
  const given = env['SEXTON_CACHE_DIR'];
  const candidates = given
    ? [resolve(given)]
    : [usual(env), join(tmpdir(), `sexton-${process.getuid?.() ?? 0}`)];
  const found = candidates.find(given ? isWritable : isOurs);
  if (found) return found;
  throw new StackUnavailable(
    `There is no folder to keep servers in: ${candidates.join(' and ')} cannot be written; set SEXTON_CACHE_DIR to a folder of yours.`,
  );
};

/** The first folder on the way down to `folder` that other users may not enter. */
export const closedAncestor = (folder: string): string | undefined => {
  const parent = dirname(folder);
  const above = parent === folder ? undefined : closedAncestor(parent);
  return above ?? ((statSync(folder).mode & 0o001) === 0 ? folder : undefined);
};

/**
 * Fills a folder aside and moves it to `target` whole; false when `fill` could not. Whoever calls has found what lies
 * there of no use; what appears there while filling is another process's, and stays: it may be running from it.
 */
export const placeOnce = async (place: { target: string; fill: (folder: string) => Promise<boolean> }) => {
  const { target, fill } = place;
  await mkdir(dirname(target), { recursive: true });
  const isUseless = existsSync(target);
  const aside = await mkdtemp(`${target}.part-`);
  try {
    if (!(await fill(aside))) return false;
    chmodSync(aside, 0o755);
    if (isUseless) await rm(target, { recursive: true, force: true });
    await rename(aside, target);
  } catch (error) {
    if (!isTaken(error)) throw error;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return true;
};

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
