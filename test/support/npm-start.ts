// `npm start -- --once --json` as a person runs it, with the servers of the test instead of its own.
import { spawn } from 'node:child_process';
import type { Env } from '../../src/config/env.ts';
import type { StoryReport } from '../../src/local/serve.ts';
import { ROOT } from './house.ts';

export interface Outcome {
  readonly code: number | null;
  readonly report: StoryReport;
  readonly stderr: string;
}

export const npmStartOnce = (env: Env): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/bootstrap.mjs', 'start', '--once', '--json'], {
      cwd: ROOT,
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
    child.on('close', (code) => {
      try {
        resolve({ code, report: JSON.parse(stdout), stderr });
      } catch (cause) {
        reject(new Error(`npm start printed no report (exit ${code}):\n${stderr}`, { cause }));
      }
    });
  });
