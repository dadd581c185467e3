// Sexton as another repository has it: packed here, installed there, called by npx. Nothing of the checkout is in reach.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embeddingEnv } from '../../local/support.ts';
import { ROOT } from './house.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written to both streams so far. */
  readonly said: () => string;
}

const running = new Set<ChildProcess>();

/** Sends the signal to the command and all that it has started, as Ctrl-C does. */
export const signalGroup = ({ child }: Pick<Started, 'child'>, signal: NodeJS.Signals): void => {
  if (child.pid !== undefined) process.kill(-child.pid, signal);
};

/** For a test that failed half-way: nothing that it started stays. */
export const endAll = (): void => {
  for (const child of running) signalGroup({ child }, 'SIGTERM');
};

/** The environment of a person's shell: nothing of the npm and the test runner that we run under. */
const shellEnv = (more: Record<string, string>): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(embeddingEnv(more)).filter(([name]) => !/^(npm_|VITEST|NODE_|INIT_CWD)/i.test(name)),
  );

/** Starts `command` (its words, and then `args`) as the leader of a process group, as a terminal does. */
export const start = (request: {
  readonly command: string;
  readonly args?: readonly string[];
  readonly folder: string;
  readonly env?: Record<string, string>;
}): Started => {
  const { command, args = [], folder, env = {} } = request;
  const [file = '', ...words] = command.split(' ');
  const child = spawn(file, [...words, ...args], {
    cwd: folder,
    env: shellEnv(env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  return { child, ended, said: () => stdout + stderr };
};

const succeed = async (request: Parameters<typeof start>[0]): Promise<Ended> => {
  const ended = await start(request).ended;
  if (ended.code === 0) return ended;
  throw new Error(`${request.command} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`);
};

/** Builds and packs the checkout; returns the tarball's path. */
export const pack = async (into: string): Promise<string> => {
  const args = ['--pack-destination', into];
  const { stdout } = await succeed({ command: 'npm run --silent package --', args, folder: ROOT });
  return join(into, stdout.trim().split('\n').at(-1) ?? '');
};

/** Where no registry answers: the same packages, as they lie in the checkout; those for development are left out. */
const installFromCheckout = (tarball: string, folder: string): void => {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'sexton'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', join(modules, 'sexton'), '--strip-components=1']);
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  for (const [path, { dev }] of Object.entries<{ dev?: boolean }>(lock.packages)) {
    if (dev || path.lastIndexOf('node_modules/') !== 0) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(folder, path));
  }
  const program = join(modules, 'sexton', 'bin', 'sexton.mjs');
  chmodSync(program, 0o755);
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(program, join(modules, '.bin', 'sexton'));
};

/** Puts the team's files and the tarball's package into `folder`, as `npm install` does. */
export const install = async (tarball: string, folder: string): Promise<void> => {
  cpSync(join(ROOT, 'test', 'support', 'programs', 'outside-team'), folder, { recursive: true });
  const quietly = '--ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=0';
  const { code, stderr } = await start({ command: `npm install ${quietly}`, args: [tarball], folder }).ended;
  if (code === 0) return;
  if (!/\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/.test(stderr))
    throw new Error(`npm install failed:\n${stderr}`);
  console.error('no registry answers: installed from the packages of the checkout instead');
  installFromCheckout(tarball, folder);
};
