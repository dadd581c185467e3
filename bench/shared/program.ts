// How the processes of a benchmark are started: the product's worker and command line, as built, in the benchmark's own
// folder, and the benchmark's own helpers.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Env } from '../../src/config/env.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const BUILT = new URL('../../dist/client/main.js', import.meta.url);

/** What bin/sexton.mjs does in an installed package; in a checkout it would take the sources instead. */
const asBuilt = `const { main } = await import(${JSON.stringify(BUILT.href)}); await main(process.argv.slice(1));`;

export interface Program {
  /** Starts `sexton` with these words; stdin is shut, both outputs are pipes. */
  readonly start: (args: readonly string[], env: Env, options?: StartOptions) => ChildProcess;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Ends with this process, however that ends, unless it is killed without a word. */
const startNode = (
  args: readonly string[],
  options: {
    readonly env: Env;
    readonly stdio: ('ignore' | 'pipe' | 'ipc' | 'inherit')[];
    readonly cwd?: string;
  },
): ChildProcess => {
  const child = spawn(process.execPath, args, options);
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
};

/** A helper of the benchmark, from its source; it is talked to by messages. */
export const startHelper = (script: string, env: Env): ChildProcess =>
  startNode(['--import', LOADER, script], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

export interface ProgramOptions {
  readonly fromSources: boolean;
  /** Where the benchmark's sexton.config.ts is. */
  readonly folder: string;
}

/** Beside what every process of the product is started with: options of Node itself. */
export interface StartOptions {
  readonly execArgv?: readonly string[];
}

/** The package as it is published, or the sources through tsx, which start slower and need more memory. */
export const sextonProgram = ({ fromSources, folder }: ProgramOptions): Program => {
  const how = fromSources ? [`${ROOT}bin/sexton.mjs`] : ['--input-type=module', '-e', asBuilt, '--'];
  if (!fromSources && !existsSync(BUILT)) throw new Error('there is no dist/: the build must come first');
  return {
    start: (args, env, { execArgv = [] } = {}) =>
      startNode([...execArgv, ...how, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], cwd: folder }),
  };
};

/** `npm run build`, so that what is measured is what is there. */
export const build = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', 'build'], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error('npm run build failed, see above')),
    );
  });

/** Everything that a child wrote, and how it ended. */
export const outputOf = (
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
