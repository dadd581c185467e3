// Programs as a person runs them: arguments in, exit code and both streams out.
import { spawn } from 'node:child_process';
import type { Env } from '../../../src/config/env.ts';
import { ROOT } from './house.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const runCommand = (
  file: string,
  args: readonly string[],
  env: Env,
  cwd = ROOT,
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });

/** The `sexton` command line with this environment. */
export const sexton = (env: Env, ...args: string[]): Promise<CommandResult> =>
  runCommand(process.execPath, ['bin/sexton.mjs', ...args], env);
