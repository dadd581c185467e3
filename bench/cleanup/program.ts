// How the product's own processes are started: its worker and its command line, as built, in this folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Env } from '../../src/config/env.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT = new URL('../../dist/client/main.js', import.meta.url);

/** What bin/sexton.mjs does in an installed package; in a checkout it would take the sources instead. */
const asBuilt = `const { main } = await import(${JSON.stringify(BUILT.href)}); await main(process.argv.slice(1));`;

export interface Program {
  /** Starts `sexton` with these words; stdin is shut, both outputs are pipes. */
  readonly start: (args: readonly string[], env: Env) => ChildProcess;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Ends with this process, however that ends, unless it is killed without a word. */
export const startNode = (
  args: readonly string[],
  { env, stdio }: { readonly env: Env; readonly stdio: ('ignore' | 'pipe' | 'ipc' | 'inherit')[] },
): ChildProcess => {
  const child = spawn(process.execPath, args, { cwd: HERE, env, stdio });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
};

/** The package as it is published, or the sources through tsx, which start slower and need more memory. */
export const sextonProgram = ({ fromSources }: { readonly fromSources: boolean }): Program => {
  const how = fromSources ? [`${ROOT}bin/sexton.mjs`] : ['--input-type=module', '-e', asBuilt, '--'];
  if (!fromSources && !existsSync(BUILT)) throw new Error('there is no dist/: the build must come first');
  return {
    start: (args, env) => startNode([...how, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
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
