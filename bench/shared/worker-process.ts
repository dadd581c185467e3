// A worker of the product in a process of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '../../src/config/env.ts';
import type { Program, StartOptions } from './program.ts';

export interface WorkerProcess {
  readonly pid: number;
  readonly stop: () => Promise<void>;
  /** SIGKILL: it says nothing to anybody. */
  readonly kill: () => Promise<void>;
}

/** Longest that a worker may take to be ready. */
const READY_WITHIN_MS = 60_000;

/** Resolves once every queue is polled. */
export const startWorker = async (
  program: Program,
  env: Env,
  options: StartOptions = {},
): Promise<WorkerProcess> => {
  const child = program.start(['worker'], env, options);
  let said = '';
  child.stdout?.resume();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-20_000);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const until = performance.now() + READY_WITHIN_MS;
  while (!said.includes('"state":"RUNNING"')) {
    if (child.exitCode !== null || performance.now() > until)
      throw new Error(`the worker did not start:\n${said}`);
    await sleep(100);
  }
  // Each queue says so for itself.
  await sleep(500);
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
