// `npm start` and `npm test` on a fresh checkout: packages as the lock has them, installed when needed and only then.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { fakeProgram, temporaryFolder } from './support.ts';

const installer = new URL('../../scripts/install.mjs', import.meta.url).href;
const script = `
  const { ensureInstalled } = await import(${JSON.stringify(installer)});
  await ensureInstalled(process.argv[1]).catch((error) => { console.error(error.sentence); process.exit(1); });`;

// As npm does it, so far as we look: it tells how it was called and leaves its record of what is installed.
const obedientNpm =
  'echo "$@" >> calls; /bin/mkdir -p node_modules; /bin/cp package-lock.json node_modules/.package-lock.json';

let folder = '';
const lockWith = (version: string) => {
  const packages = {
    '': {},
    'node_modules/a': { version },
    'node_modules/b': { version: '1.0.0', optional: true },
  };
  return JSON.stringify({ packages });
};
const writeLock = (version: string) => writeFileSync(join(folder, 'package-lock.json'), lockWith(version));
const npm = (body: string) => fakeProgram({ folder: join(folder, 'bin'), name: 'npm', script: body });
const calls = () =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];

const run = async () => {
  const args = ['--input-type=module', '-e', script, folder];
  const child = spawn(process.execPath, args, { env: { PATH: join(folder, 'bin') } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
};

beforeEach(() => {
  folder = temporaryFolder();
  writeLock('1.0.0');
  npm(obedientNpm);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('packages', () => {
  it('are installed once, without running their scripts, saying one line on stderr and none on stdout', async () => {
    const first = await run();
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toMatch(/^packages {2}installing [^\n]*\d+ s\n$/);
    expect(await run()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(calls()).toEqual([expect.stringMatching(/^ci --ignore-scripts /)]);
  });

  it('are installed again when the lock has changed', async () => {
    await run();
    writeLock('1.0.1');
    expect((await run()).code).toBe(0);
    expect(calls()).toHaveLength(2);
  });

  it('are left alone when a developer has installed them by hand', async () => {
    mkdirSync(join(folder, 'node_modules'));
    // b is for another platform.
    const installed = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } });
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), installed);
    expect(await run()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(calls()).toEqual([]);
  });

  it('are installed by one of two that start at once, the other one waits', async () => {
    npm(
      `${obedientNpm}.part; while [ ! -e go ]; do /bin/sleep 0.05; done; /bin/mv node_modules/.package-lock.json.part node_modules/.package-lock.json`,
    );
    const both = [run(), run()];
    await eventually('one has begun', () => calls().length > 0);
    writeFileSync(join(folder, 'go'), '');
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual([0, 0]);
    expect(calls()).toHaveLength(1);
  });

  it('are installed though somebody was killed while installing them', async () => {
    const lock = join(folder, '.sexton', 'install.lock');
    mkdirSync(lock, { recursive: true });
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    writeFileSync(join(lock, 'pid'), String(dead.pid));
    expect((await run()).code).toBe(0);
    expect(existsSync(lock)).toBe(false);
  });

  it('that cannot be installed are one sentence with the command, and an exit code of 1', async () => {
    npm('echo "npm error code E404" >&2; echo "npm error 404 a is not to be found" >&2; exit 1');
    const { code, stdout, stderr } = await run();
    expect([code, stdout]).toEqual([1, '']);
    const sentence = stderr.trim().split('\n').at(-1);
    expect(sentence).toBe(
      `The packages could not be installed (npm error 404 a is not to be found); run \`npm ci\` in ${folder} to see why.`,
    );
  });
});

describe('a Node that is too old', () => {
  it('is told so in one sentence', async () => {
    const bootstrap = fileURLToPath(new URL('../../scripts/bootstrap.mjs', import.meta.url));
    const older = join(folder, 'older.mjs');
    const faked = `const process = { ...globalThis.process, versions: { node: '20.18.1' }, version: 'v20.18.1',
      stderr: globalThis.process.stderr, exit: globalThis.process.exit };`;
    writeFileSync(
      older,
      readFileSync(bootstrap, 'utf8').replace("import process from 'node:process';", faked),
    );
    const child = spawn(process.execPath, [older, 'start']);
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += data));
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([1, 'Sexton needs Node 20.19 or newer; this is v20.18.1.\n']);
  });
});
