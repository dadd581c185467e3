// `npm run new` in a copy of this tree: what it writes is formatted, typed, listed, loaded and true, and where it
// refuses it has written nothing.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { main } from '../../scripts/new/main.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import { listFaults, packsFaults } from '../support/registries.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const COPIED = [
  'src',
  'packs',
  'bin',
  'docs/adr',
  'test/support',
  'sexton.config.ts',
  'package.json',
  'tsconfig.json',
  'biome.json',
  '.oxlintrc.json',
  '.gitignore',
];

/** A table as people write them: without an index for its age, and with columns that must be filled. */
const ORDERS = `-- Up Migration
CREATE TABLE IF NOT EXISTS public.orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), -- ours, not the payer's
  email text NOT NULL UNIQUE,
  price numeric(10, 2) NOT NULL,
  placed_at timestamptz NOT NULL
);`;

/** One of each kind; jobs in a pack of constants and in one whose jobs are functions of its environment. */
const THINGS = [
  ['pack', 'shop'],
  ['job', 'cleanup_sessions', '--pack', 'shop', '--column', 'last_seen_at', '--older-than', '7d'],
  ['job', 'sweep-carts', '--pack', 'shop'],
  ['job', 'clear_orders', '--pack', 'shop'],
  ['job', 'purge_sessions', '--pack', 'sla-monitoring', '--table', 'user_sessions'],
  ['policy', 'wake-the-shop', '--pack', 'shop'],
  ['monitor', 'stuck-locks', '--pack', 'shop'],
  ['monitor', 'late_orders', '--pack', 'shop'],
  ['check', 'shop-health', '--pack', 'shop'],
  ['runbook', 'carts-pile-up', '--pack', 'shop'],
  ['runbook', 'orders_stuck', '--pack', 'shop'],
  ['report', 'done_lately', '--pack', 'shop'],
  ['report', 'more_lately', '--pack', 'sla-monitoring'],
  ['dashboard', 'shop-floor', '--pack', 'shop'],
  ['checklist', 'opening', '--pack', 'shop'],
  ['command', 'last_done', '--pack', 'shop'],
  ['scenario', 'base', '--pack', 'shop', '--job', 'cleanup_sessions'],
  ['migration', 'vouchers', '--pack', 'shop'],
  ['migration', 'vouchers', '--engine', 'target'],
  ['command', 'due'],
  ['adr', 'jobs-may-rest'],
] as const;

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let root: string;

const runNew = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> => {
  const told = { out: '', err: '' };
  const into = (stream: 'out' | 'err') => ({
    write: (text: string | Uint8Array) => Boolean((told[stream] += String(text))),
  });
  const code = await main(args, { root, out: into('out'), err: into('err'), env });
  return { code, ...told };
};

const program = (name: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'node_modules', name), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, POSTGRES: inject('postgresUrl'), REDIS: inject('redisUrl') },
  });

/** Every file of the copy as the file system tells it. The packages, to which there is a link, are left alone. */
const files = (): ReadonlyMap<string, string> => {
  const tops = readdirSync(root).filter((name) => name !== 'node_modules');
  const inside = (top: string): readonly string[] =>
    statSync(join(root, top)).isFile()
      ? [top]
      : readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((file) => join(top, file));
  return new Map(
    tops
      .flatMap(inside)
      .map((file) => [file, statSync(join(root, file))] as const)
      .filter(([, stat]) => stat.isFile())
      .map(([file, { size, mtimeMs }]) => [file, `${size} ${mtimeMs}`]),
  );
};

/** Names of files that are new or another since. */
const changedSince = (before: ReadonlyMap<string, string>): readonly string[] =>
  [...files()].filter(([file, state]) => before.get(file) !== state).map(([file]) => file);

let written: readonly string[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sexton-new-'));
  for (const part of COPIED) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const before = files();
  for (const args of THINGS) {
    const { code, err } = await runNew(args);
    if (code !== 0) throw new Error(`new ${args.join(' ')}: ${err}`);
    if (args[0] === 'pack') writeFileSync(join(root, 'packs/shop/migrations/002_orders.sql'), ORDERS);
  }
  written = changedSince(before);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('what `npm run new` writes', () => {
  it('is each thing, its test, its table, and its line in the list', () => {
    // How far migrations and decisions have got in this repository is no promise of this one.
    const unnumbered = written.map((file) =>
      file.startsWith('packs/shop') ? file : file.replace(/\/\d+([_-])/, '/<next>$1'),
    );
    expect(unnumbered.toSorted()).toEqual([
      'docs/adr/<next>-jobs-may-rest.md',
      'packs/shop/checklists/index.ts',
      'packs/shop/checklists/opening.ts',
      'packs/shop/checks/index.ts',
      'packs/shop/checks/shop-health.ts',
      'packs/shop/commands/index.ts',
      'packs/shop/commands/last-done.ts',
      'packs/shop/dashboards/index.ts',
      'packs/shop/dashboards/shop-floor.ts',
      'packs/shop/env.ts',
      'packs/shop/jobs/cleanup-sessions.ts',
      'packs/shop/jobs/clear-orders.ts',
      'packs/shop/jobs/index.ts',
      'packs/shop/jobs/sweep-carts.ts',
      'packs/shop/migrations/001_schema.sql',
      'packs/shop/migrations/002_orders.sql',
      'packs/shop/migrations/003_sessions.sql',
      'packs/shop/migrations/004_carts.sql',
      'packs/shop/migrations/005_orders_placed_at_index.sql',
      'packs/shop/migrations/006_vouchers.sql',
      'packs/shop/monitors/index.ts',
      'packs/shop/monitors/late-orders.ts',
      'packs/shop/monitors/stuck-locks.ts',
      'packs/shop/pack.ts',
      'packs/shop/policies/index.ts',
      'packs/shop/policies/wake-the-shop.ts',
      'packs/shop/reports/done-lately.ts',
      'packs/shop/reports/index.ts',
      'packs/shop/runbooks/carts-pile-up.md',
      'packs/shop/runbooks/orders-stuck.md',
      'packs/shop/seed/base.ts',
      'packs/shop/seed/index.ts',
      'packs/sla-monitoring/jobs/index.ts',
      'packs/sla-monitoring/jobs/purge-sessions.ts',
      'packs/sla-monitoring/migrations/<next>_user_sessions.sql',
      'packs/sla-monitoring/reports/index.ts',
      'packs/sla-monitoring/reports/more-lately.ts',
      'sexton.config.ts',
      'src/adapters/postgres/migrations/target/<next>_vouchers.sql',
      'src/client/commands/due.ts',
      'src/client/main.ts',
      'test/client/due.test.ts',
      'test/packs/shop/cleanup-sessions.test.ts',
      'test/packs/shop/clear-orders.test.ts',
      'test/packs/shop/done-lately.test.ts',
      'test/packs/shop/last-done.test.ts',
      'test/packs/shop/late-orders.test.ts',
      'test/packs/shop/opening.test.ts',
      'test/packs/shop/runbook-carts-pile-up.test.ts',
      'test/packs/shop/runbook-orders-stuck.test.ts',
      'test/packs/shop/seed-base.test.ts',
      'test/packs/shop/shop-floor.test.ts',
      'test/packs/shop/shop-health.test.ts',
      'test/packs/shop/stuck-locks.test.ts',
      'test/packs/shop/sweep-carts.test.ts',
      'test/packs/shop/wake-the-shop.test.ts',
      'test/packs/sla-monitoring/more-lately.test.ts',
      'test/packs/sla-monitoring/purge-sessions.test.ts',
    ]);
  });

  it('is in every list, under the name that it declares', async () => {
    expect(await packsFaults(root)).toEqual([]);
    const commands = { folder: 'src/client/commands', registry: 'src/client/main.ts' };
    expect(listFaults({ root, ...commands })).toEqual([]);
  });

  it('is as Biome would have it, the comments that open files included', () => {
    const { status, stdout, stderr } = program(
      '@biomejs/biome/bin/biome',
      'check',
      ...written.filter(isCode),
    );
    expect({ status, told: `${stdout}${stderr}` }).toMatchObject({ status: 0 });
    for (const file of written.filter(isCode)) {
      const text = readFileSync(join(root, file), 'utf8');
      // Left to itself, Biome parts the comment from the import below it, or moves it along.
      expect(text).toMatch(text.includes('\nimport ') ? /^(\/\/ .*\n)+import / : /^\/\/ /);
    }
  });

  it('has sound types, and nothing that the linter objects to', () => {
    const args = ['--type-aware', '--type-check', '--deny-warnings', ...written.filter(isCode)];
    const { status, stdout } = program('oxlint/bin/oxlint', ...args);
    expect({ status, stdout }).toMatchObject({ status: 0 });
  });

  it('is loaded without a fault: jobs as their neighbours are, a policy that a route leads to', async () => {
    const env = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
    const catalog = await loadCatalog({ env, configFile: join(root, 'sexton.config.ts') });
    const snapshotOf = (name: string) => catalog.jobs.find((job) => job.name === name)?.snapshot;
    expect(snapshotOf('purge_sessions')?.alerts?.budget?.rule.name).toBe('sla_breach');
    expect(snapshotOf('cleanup_sessions')).toMatchObject({
      pack: 'shop',
      resourceType: 'session',
      steps: [{ selection: { age: { column: 'last_seen_at', olderThanSeconds: 604_800 } } }],
    });
    expect(snapshotOf('cleanup_sessions')?.alerts?.budget?.rule.routes.critical?.name).toBe('wake-the-shop');
  });
});

const isCode = (file: string): boolean => file.endsWith('.ts');

/** The suite's own servers, for a suite in the suite. */
const CONFIG = `
import { defineConfig } from 'vitest/config';
const include = ['test/packs/shop/*.test.ts', 'test/packs/sla-monitoring/more-lately.test.ts', 'test/client/due.test.ts'];
export default defineConfig({
  cacheDir: '.vite',
  test: { include, globalSetup: ['borrowed.ts'], pool: 'forks', maxWorkers: 1, isolate: false, testTimeout: 60_000, hookTimeout: 60_000 },
});`;
const BORROWED = `
export default ({ provide }) => {
  provide('postgresUrl', process.env.POSTGRES);
  provide('redisUrl', process.env.REDIS);
};`;

it('the tests that it writes pass on real servers, and that of a job fails once its age is a day off', () => {
  writeFileSync(join(root, 'vitest.config.ts'), CONFIG);
  writeFileSync(join(root, 'borrowed.ts'), BORROWED);
  const job = join(root, 'packs/shop/jobs/sweep-carts.ts');
  writeFileSync(job, readFileSync(job, 'utf8').replace("olderThan: '30d'", "olderThan: '29d'"));
  const { stdout, stderr } = program('vitest/vitest.mjs', 'run', '--reporter=json');
  const report: Report = JSON.parse(
    stdout.slice(stdout.indexOf('{')) || `{"testResults":[],"why":"${stderr}"}`,
  );
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(results.map(({ title, status }) => `${status}: ${title}`).toSorted()).toEqual([
    'failed: sweep-carts takes carts from 30d on, and leaves one that is a minute younger',
    'passed: base fills public.sessions, and cleanup_sessions finds due what it says is eligible',
    'passed: carts-pile-up is a page of the pack, and says something under each of its headings',
    'passed: cleanup_sessions takes sessions from 7d on, and leaves one that is a minute younger',
    'passed: clear_orders takes orders from 30d on, and leaves one that is a minute younger',
    'passed: done_lately counts what was done by action within its time, the newest first',
    'passed: due shows every job with its schedule, on a terminal and as JSON',
    'passed: last-done says with exit code 1 that nothing was done, then lists what was, the newest first',
    'passed: late_orders fires as warning above 5 for 10 min, holds until 2, and is no data without a value',
    'passed: more_lately counts what was done by action within its time, the newest first',
    'passed: opening goes from applied to alerts-arrive, in that order only, and then waits for its sign-off',
    'passed: orders-stuck is a page of the pack, and says something under each of its headings',
    'passed: shop-floor shows runs by day and alerts, a panel each, and each asks something that runs',
    'passed: shop-health asks database and Redis, warns above 5 waiting sessions, and alerts above 20 or without a value',
    'passed: stuck-locks fires as warning above 5 for 10 min, holds until 2, and is no data without a value',
    'passed: wake-the-shop is where critical leads: on-call at once, and again after 30 min',
  ]);
}, 120_000);

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

describe('`npm run new` writes nothing, and says why, where', () => {
  const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a pack is there', ['pack', 'shop'], /packs\/shop is there already/],
    [
      'a job is there',
      ['job', 'sweep_carts', '--pack', 'shop'],
      /sweepCarts stands in .*jobs\/index\.ts already/,
    ],
    ['a command is part of another’s file', ['command', 'ack'], /`sexton ack` is there already/],
    ['the name is none', ['job', 'Purge', '--pack', 'shop'], /at most 40 of a-z, 0-9, _ and -/],
    ['the name is a word of the language', ['job', 'delete', '--pack', 'shop'], /a word of TypeScript/],
    [
      'the name is an import’s',
      ['job', 'define_job', '--pack', 'shop'],
      /would need defineJob for two things/,
    ],
    [
      'it must be told which pack',
      ['job', 'purge_x'],
      /say which pack: --pack with one of draft-cleanup, sexton, shop, /,
    ],
    [
      'there is no such pack',
      ['job', 'purge_x', '--pack', 'shoe'],
      /no pack shoe; there are: draft-cleanup, sexton, shop/,
    ],
    [
      'the age is no age',
      ['job', 'purge_x', '--pack', 'shop', '--older-than', 'old'],
      /a duration in whole minutes/,
    ],
    [
      'the table has no such column',
      ['job', 'purge_x', '--pack', 'shop', '--table', 'carts', '--column', 'gone_at'],
      /public\.carts has no timestamp gone_at; there are: created_at/,
    ],
    [
      'the severity has a policy',
      ['policy', 'p', '--pack', 'shop', '--severity', 'critical'],
      /critical has a policy/,
    ],
    [
      'it must be told which job',
      ['scenario', 'few', '--pack', 'shop'],
      /--job with one of cleanup_sessions, clear_orders, sweep-carts/,
    ],
    [
      'a report is there',
      ['report', 'done-lately', '--pack', 'shop'],
      /doneLately stands in .*reports\/index\.ts already/,
    ],
    [
      'only Sexton’s own database could be asked',
      ['report', 'own', '--pack', 'sexton'],
      /declares no database but Sexton's own/,
    ],
    ['npm took the options', ['job', 'purge_x', 'shop'], /options go behind --/],
    ['the kind is none', ['jobs', 'purge_x'], /unknown command 'jobs'/],
  ];

  it.each(REFUSED)('%s', async (_, args, reason) => {
    const before = files();
    const { code, out, err } = await runNew(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(reason);
    expect(changedSince(before)).toEqual([]);
  });

  it('npm took an option with its value', async () => {
    const told = await runNew(['job', 'purge_x'], { npm_config_older_than: '7d' });
    expect(told).toMatchObject({ code: 2, err: expect.stringContaining('npm kept --older-than for itself') });
  });

  it('the disk refuses halfway: what was written before is taken back', async () => {
    await runNew(['pack', 'half']);
    writeFileSync(join(root, 'test/packs/half'), 'in the way of a folder');
    const before = files();
    const { code, err } = await runNew(['job', 'purge_x', '--pack', 'half']);
    expect(code).toBe(2);
    expect(err).toMatch(/test\/packs\/half.*; nothing was written/);
    expect(changedSince(before)).toEqual([]);
  });
});

it('`npm run new` explains itself, and tells as JSON what it wrote', async () => {
  const help = await runNew(['--help']);
  expect(help.code).toBe(0);
  for (const kind of new Set(THINGS.map(([name]) => name)))
    expect(help.out).toMatch(new RegExp(`^  ${kind} `, 'm'));
  expect(await runNew(['job', '--help'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('--older-than'),
  });
  const { out } = await runNew(['migration', 'refunds', '--pack', 'shop', '--json']);
  expect(JSON.parse(out)).toMatchObject({
    kind: 'migration',
    name: 'refunds',
    created: ['packs/shop/migrations/007_refunds.sql'],
    edited: [],
  });
});
