// `npm run new` in a copy of this tree: what it writes is formatted, typed, listed, loaded and true, and so are its tests.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import { listFaults, packsFaults } from '../support/packs/registries.ts';
import { type Checkout, openCheckout } from '../support/programs/checkout.ts';
import type { CommandResult } from '../support/programs/command.ts';
import { THINGS } from '../support/programs/new-things.ts';

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

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const startTests = (): Promise<CommandResult> => {
  writeFileSync(join(checkout.root, 'vitest.config.ts'), CONFIG);
  writeFileSync(join(checkout.root, 'borrowed.ts'), BORROWED);
  const job = join(checkout.root, 'packs/shop/jobs/sweep-carts.ts');
  writeFileSync(job, readFileSync(job, 'utf8').replace("olderThan: '30d'", "olderThan: '29d'"));
  return checkout.program('vitest/vitest.mjs', 'run', '--reporter=json');
};

let checkout: Checkout;
/** Goes on beside the tests of what is written. */
let tests: Promise<CommandResult>;
beforeAll(async () => {
  checkout = await openCheckout(THINGS);
  tests = startTests();
});
afterAll(async () => {
  await tests;
  checkout.close();
});

const isCode = (file: string): boolean => file.endsWith('.ts');

describe('what `npm run new` writes', () => {
  it('is each thing, its test, its table, and its line in the list', () => {
    // How far migrations and decisions have got in this repository is no promise of this one.
    const unnumbered = checkout.written.map((file) =>
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
    expect(await packsFaults(checkout.root)).toEqual([]);
    const commands = { folder: 'src/client/commands', registry: 'src/client/main.ts' };
    expect(listFaults({ root: checkout.root, ...commands })).toEqual([]);
  });

  it('is as Biome would have it, the comments that open files included', async () => {
    const { code, stdout, stderr } = await checkout.program(
      '@biomejs/biome/bin/biome',
      'check',
      ...checkout.written.filter(isCode),
    );
    expect({ code, told: `${stdout}${stderr}` }).toMatchObject({ code: 0 });
    for (const file of checkout.written.filter(isCode)) {
      const text = readFileSync(join(checkout.root, file), 'utf8');
      // Left to itself, Biome parts the comment from the import below it, or moves it along.
      expect(text).toMatch(text.includes('\nimport ') ? /^(\/\/ .*\n)+import / : /^\/\/ /);
    }
  });

  it('has sound types, and nothing that the linter objects to', async () => {
    const args = ['--type-aware', '--type-check', '--deny-warnings', ...checkout.written.filter(isCode)];
    const { code, stdout } = await checkout.program('oxlint/bin/oxlint', ...args);
    expect({ code, stdout }).toMatchObject({ code: 0 });
  });

  it('is loaded without a fault: jobs as their neighbours are, a policy that a route leads to', async () => {
    const env = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
    const catalog = await loadCatalog({ env, configFile: join(checkout.root, 'sexton.config.ts') });
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

it('the tests that it writes pass on real servers, and that of a job fails once its age is a day off', async () => {
  const { stdout, stderr } = await tests;
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
