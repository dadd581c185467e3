// Keeps node_modules equal to package-lock.json: installs when they differ, one process at a time.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const ci = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
// Also where NODE_ENV=production would leave them out: both verbs need them.
const everything = ['--include=dev', '--include=optional'];

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};

/** Whether what npm says it installed is what the lock asks for, by whomever it was installed. */
const isInstalled = (root) => {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readPackages(installedFile);
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional ones that are absent are meant for another platform.
    return found ? found.version === wanted.version : wanted.optional === true;
  });
};

const npmCommand = () => {
  const own = process.env.npm_execpath ?? '';
  return basename(own) === 'npm-cli.js' ? [process.execPath, own] : ['npm'];
};

const runNpm = (root) =>
  new Promise((resolve) => {
    const [file, ...prefix] = npmCommand();
    const child = spawn(file, [...prefix, ...ci, ...everything], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });

const install = async (root) => {
  const begun = Date.now();
  process.stderr.write('packages  installing what package-lock.json names … ');
  const { code, output } = await runNpm(root);
  if (code !== 0 || !isInstalled(root)) {
    process.stderr.write('\n');
    const lines = output.split('\n').filter((line) => line.trim() !== '');
    const reason =
      lines.find((line) => /^npm (error|ERR!) (?!code)/.test(line)) ?? lines.at(-1) ?? 'npm says nothing';
    throw Object.assign(new Error('npm ci failed'), {
      sentence: `The packages could not be installed (${reason.trim()}); run \`npm ci\` in ${root} to see why.`,
    });
  }
  process.stderr.write(`${Math.round((Date.now() - begun) / 1000)} s\n`);
};

/** Resolves when node_modules is what package-lock.json asks for; rejects with a `sentence` where it cannot be. */
export const ensureInstalled = async (root = fileURLToPath(new URL('..', import.meta.url))) => {
  const stampFile = join(root, 'node_modules', '.sexton-lock');
  const stamp = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  if (!isInstalled(root)) {
    await withLock(join(root, '.sexton', 'install.lock'), async () => {
      // Somebody else may have done it while we waited.
      if (!isInstalled(root)) await install(root);
    });
  }
  try {
    writeFileSync(stampFile, stamp);
  } catch {
    // A checkout that is not ours to write to is compared anew each time.
  }
};
