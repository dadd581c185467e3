// A repository that knows Sexton as a package only, with two packs of its own (test/support/programs/outside-team): its types,
// its stack, its command line, and what it leaves behind.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoryReport } from '../../src/local/serve.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/programs/house.ts';
import {
  endAll,
  install,
  pack,
  type Started,
  signalGroup,
  start,
} from '../support/programs/installed-package.ts';
import { nothingIsLeft, ownCache, temporaryFolder, withDescendants } from './support.ts';

const cache = ownCache();
const ground = temporaryFolder();
const team = join(ground, 'team');
const installed = join(team, 'node_modules', 'sexton');
const env = { SEXTON_CACHE_DIR: cache.cache };
let tarball = '';

const sexton = (...args: string[]): Started => start({ command: 'npx sexton', args, folder: team, env });

beforeAll(async () => {
  mkdirSync(team);
  tarball = await pack(ground);
  await install(tarball, team);
}, 600_000);

afterAll(() => {
  endAll();
  rmSync(ground, { recursive: true, force: true });
  cache.remove();
});

/** Names of the packages that the compiled code imports. */
const importedPackages = (): ReadonlySet<string> => {
  const dist = join(installed, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.js') && name !== 'workflow-bundle.js',
  );
  const specifiers = files.flatMap((name) =>
    [...readFileSync(join(dist, name), 'utf8').matchAll(/(?:^import |from |import\()'([^'.][^']*)'/gm)].map(
      ([, specifier = '']) => specifier,
    ),
  );
  const names = specifiers
    .filter((specifier) => !specifier.startsWith('node:') && !builtinModules.includes(specifier))
    .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
  return new Set(names);
};

describe('the package', () => {
  it('holds what runs and what is read, and neither sources nor tests nor a path of the machine that built it', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    const parts = files.map((name) => name.replace(/^package\//, '').replace(/\/.*/, '/'));
    expect([...new Set(parts)].toSorted()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin/', 'dist/', 'docs/', 'package.json', 'tools/'].toSorted(),
    );
    expect(files.filter((name) => /(?<!\.d)\.ts$|\.map$|test/.test(name))).toEqual([]);
    const migrations = (folder: string): readonly string[] =>
      readdirSync(join(folder, 'adapters/postgres/migrations'), { recursive: true, encoding: 'utf8' });
    expect(migrations(join(installed, 'dist')).toSorted()).toEqual(migrations(join(ROOT, 'src')).toSorted());
    const bundle = readFileSync(join(installed, 'dist', 'workflow-bundle.js'), 'utf8');
    const map = Buffer.from(bundle.slice(bundle.lastIndexOf('base64,') + 'base64,'.length), 'base64');
    expect(`${bundle}${map.toString()}`).not.toContain(ROOT);
  });

  it('depends on every package that its code imports, and on none that is for development', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const imported = importedPackages();
    expect(imported.size).toBeGreaterThan(10);
    expect([...imported].filter((name) => !(name in dependencies))).toEqual([]);
    expect(Object.keys(devDependencies).filter((name) => imported.has(name))).toEqual([]);
    expect(existsSync(join(team, 'node_modules', 'tsx'))).toBe(false);
  });
});

describe('a team with packs of its own', () => {
  it('has its config and packs checked by the types of the package', async () => {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const check = await start({ command: 'node', args: [tsc, '--noEmit'], folder: team }).ended;
    expect(check).toMatchObject({ code: 0, stdout: '' });
  }, 120_000);

  it('has its jobs run and verified by one command, which leaves nothing running', async () => {
    const dev = sexton('dev', '--', '--once', '--json');
    const { code, stdout, stderr } = await dev.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr });
    const { ok, jobs, incident }: StoryReport = JSON.parse(stdout);
    expect({ ok, incident }).toEqual({ ok: true, incident: undefined });
    expect(jobs).toMatchObject([
      { name: 'cleanup_sessions', eligible: 4_752, deleted: 4_752, remaining: 0, problems: [] },
      { name: 'cleanup_carts', eligible: 100, deleted: 100, remaining: 0, problems: [] },
      { name: 'cleanup_signups', eligible: 0, deleted: 0, remaining: 0, problems: [] },
    ]);
    expect(stderr).toContain('cleanup_sessions: 4,752 of 6,000 rows are due');
    expect(stderr).not.toContain('npm start');
    await nothingIsLeft({ cache: cache.cache, pids: [dev.child.pid ?? 0] });
  }, 120_000);

  it('works from a second terminal while it serves, and stops all of it with Ctrl-C', async () => {
    const dev = sexton('dev');
    const pids = await eventually(
      'it serves',
      () => dev.said().includes('serving until Ctrl-C') && withDescendants(dev.child.pid ?? 0),
      { withinMs: 90_000 },
    );
    expect(await sexton('plan').ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to do'),
    });
    const run = await sexton('run', 'cleanup_sessions', '--follow', '--json').ended;
    expect(JSON.parse(run.stdout)).toMatchObject({ state: 'completed', deleted: 0 });
    const worker = sexton('worker');
    await eventually('the worker polls', () => worker.said().includes('"state":"RUNNING"'), {
      withinMs: 60_000,
    });
    signalGroup(worker, 'SIGTERM');
    await worker.ended;
    expect(worker.said()).toContain('"state":"STOPPED"');
    signalGroup(dev, 'SIGINT');
    await dev.ended;
    expect(existsSync(join(team, '.sexton', 'embedded.json'))).toBe(false);
    await nothingIsLeft({ cache: cache.cache, pids });
  }, 180_000);
});

describe('the example examples/shop-orders, copied out of the checkout', () => {
  const folder = join(ground, 'shop-orders');
  const shop = (...args: string[]): Started => start({ command: 'npx sexton', args, folder, env });

  beforeAll(() => {
    cpSync(join(ROOT, 'examples', 'shop-orders'), folder, { recursive: true });
    symlinkSync(join(team, 'node_modules'), join(folder, 'node_modules'));
  });

  it('is sound by the types of the package, with those of its libraries checked too', async () => {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const check = await start({ command: 'node', args: [tsc, '--noEmit'], folder }).ended;
    expect(check).toMatchObject({ code: 0, stdout: '' });
  }, 120_000);

  it('runs its jobs children first and across partitions, and its monitor fires and is over, as its README says', async () => {
    const dev = shop('dev');
    await eventually('it serves', () => dev.said().includes('serving until Ctrl-C'), { withinMs: 90_000 });
    // Shipments, lines and orders together, by the tables' own count, which also says what of them is not true.
    expect(dev.said()).toContain('archive_orders: 2,430 of 9,960 rows are due');
    expect(dev.said()).toContain('archive_orders: 2,430 rows gone');
    expect(dev.said()).toContain('cleanup_page_views: 15,000 rows gone');
    expect(dev.said()).toContain('rotate_events: done');
    expect(dev.said()).not.toContain('not true');

    const look = async (scenario: string): Promise<unknown> => {
      const seed = await shop('seed', '--pack', 'shop-orders', '--scenario', scenario, '--replace').ended;
      expect(seed).toMatchObject({ code: 0 });
      await shop('run', 'stuck_orders').ended;
      const { stdout } = await shop('incidents', '--json').ended;
      return JSON.parse(stdout).incidents;
    };
    expect(await look('stuck')).toMatchObject([{ severity: 'high', state: 'open' }]);
    expect(await look('base')).toMatchObject([{ severity: 'high', state: 'resolved' }]);
    expect(await shop('health', 'shop_health').ended).toMatchObject({ code: 0 });
    signalGroup(dev, 'SIGINT');
    await dev.ended;
  }, 240_000);
});
