// The last line of `npm test` is what a reader and a program go by, and it must not be green by accident.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddingEnv, temporaryFolder } from './support.ts';

const runner = new URL('../../scripts/run-tests.ts', import.meta.url).href;
const loader = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const script = `
  const { runTests } = await import(${JSON.stringify(runner)});
  process.exit(await runTests(process.argv.slice(1)));`;

let folder = '';

beforeAll(() => {
  folder = temporaryFolder();
  const files = {
    'vitest.config.mjs': `export default { root: ${JSON.stringify('.')}, test: { globals: true, include: ['*.check.mjs'] } };`,
    'good.check.mjs': "it('passes', () => {}); it('passes too', () => {});",
    'bad.check.mjs': "it('passes', () => {}); it('fails', () => { throw new Error('no'); });",
    'broken.check.mjs': "throw new Error('cannot be loaded');",
    'late.check.mjs': "it('passes', () => { Promise.reject(new Error('nobody waits for this')); });",
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const suite = async (...names: string[]) => {
  const args = ['--root', folder, '--config', join(folder, 'vitest.config.mjs'), ...names];
  const { VITEST: _v, VITEST_WORKER_ID: _w, VITEST_POOL_ID: _p, NODE_ENV: _n, ...env } = embeddingEnv({});
  const child = spawn(
    process.execPath,
    ['--import', loader, '--input-type=module', '-e', script, '--', ...args],
    { env },
  );
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const [code] = await once(child, 'close');
  return { code, lines: output.trim().split('\n') };
};

describe('the suite', () => {
  it('ends with exit code 0 and its count when all is well', async () => {
    const { code, lines } = await suite('good');
    expect([code, lines.at(-1)]).toEqual([0, '2 passed, 0 failed']);
  });

  it('counts what failed', async () => {
    const { code, lines } = await suite('good', 'bad');
    expect([code, lines.at(-1)]).toEqual([1, '3 passed, 1 failed']);
  });

  it('counts a file that cannot be loaded as failed', async () => {
    const { code, lines } = await suite('good', 'broken');
    expect([code, lines.at(-1)]).toEqual([1, '2 passed, 1 failed']);
  });

  it('fails, and says why, when tests pass but something is thrown that nobody caught', async () => {
    const { code, lines } = await suite('late');
    expect([code, lines.at(-1)]).toEqual([1, '1 passed, 0 failed']);
    expect(lines.at(-2)).toBe('The test runner failed (exit code 1).');
  });

  it('fails when nothing ran', async () => {
    const { code, lines } = await suite('--passWithNoTests', 'no-such-file');
    expect([code, lines.at(-1)]).toEqual([1, '0 passed, 0 failed']);
  });

  it('fails when the runner dies', async () => {
    const { code, lines } = await suite('--no-such-option-at-all');
    expect(code).toBe(1);
    expect(lines.slice(-2)).toEqual([expect.stringContaining('without a result'), '0 passed, 0 failed']);
  });
});
