// The parent's end of the pipe to the supervisor. If the supervisor dies first, its servers are ended from here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ownScript } from './own-script.ts';
import type { Begin, Command, Report, ServerName } from './protocol.ts';
import { readLines } from './protocol.ts';
import { endRun, newRunFolder } from './run-folder.ts';
import type { ServerChoice } from './stack.ts';
import { StackUnavailable } from './unavailable.ts';

interface Running {
  readonly ports: readonly number[];
  readonly choice: ServerChoice;
}

export interface Link {
  readonly supervisor: number;
  /** Of the servers that were started last; changes when one is launched again. */
  readonly pids: Readonly<Record<string, number>>;
  readonly running: (name: ServerName) => Running | undefined;
  readonly command: (command: Omit<Command, 'id'>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface LinkOptions {
  readonly begin: Begin;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (name: ServerName, line: string) => void;
}

const stopWithinMs = 20_000;

const startProcess = ({ begin, env }: LinkOptions) => {
  const folder = newRunFolder(begin.cache);
  mkdirSync(dirname(folder), { recursive: true });
  // Options meant for the parent (a debugger's, a test runner's) would disturb it.
  const { NODE_OPTIONS: _, ...rest } = env;
  const child = spawn(process.execPath, [...ownScript('supervisor'), folder], {
    // A group of its own: a signal to the parent's group must not reach it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: begin.cache,
    env: { ...rest },
  });
  return { child, folder };
};

/** Starts the supervisor and resolves when all its servers serve; rejects, with all ended, when one cannot. */
export const startSupervisor = async (options: LinkOptions): Promise<Link> => {
  const { begin, say } = options;
  const { child, folder } = startProcess(options);
  const expected = (['temporal', 'postgres', 'redis'] as const).filter((name) => begin[name] !== undefined);
  const running = new Map<ServerName, Running>();
  const pids: Record<string, number> = {};
  const waiting = new Map<number, (error?: string) => void>();
  let nextId = 1;
  let isUp = false;
  let stopping = false;

  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-4_000);
  });

  const ended = once(child, 'exit').then(async () => {
    if (isUp && !stopping)
      for (const name of expected) say(name, 'ended: the supervisor of the servers was killed');
    for (const answer of waiting.values()) answer('the supervisor of the servers has ended');
    // After an orderly end there is nothing left to do here.
    await endRun(folder);
    return new Error(`the supervisor of the servers has ended: ${lastWords.trim() || 'it was killed'}`);
  });

  const stop = async (): Promise<void> => {
    stopping = true;
    child.stdin.end();
    const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await ended;
    clearTimeout(late);
  };

  const allServe = new Promise<void>((resolve, reject) => {
    const hear = (report: Report): void => {
      if (report.type === 'say') say(report.server, report.line);
      else if (report.type === 'process') pids[report.server] = report.pid;
      else if (report.type === 'done') waiting.get(report.id)?.(report.error);
      else if (report.type === 'failed') {
        const { server, sentence, unavailable } = report;
        reject(
          unavailable
            ? new StackUnavailable(sentence)
            : new Error(`${server} could not be started: ${sentence}`),
        );
      } else {
        running.set(report.server, report);
        say(report.server, report.choice.detail);
        if (expected.every((name) => running.has(name))) resolve();
      }
    };
    readLines<Report>({ from: child.stdout, line: hear });
    void ended.then(reject, reject);
  });

  // It ends between two lines: the next write fails, and `ended` tells.
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify(begin)}\n`);
  try {
    await allServe;
  } catch (error) {
    await stop();
    throw error;
  }
  isUp = true;

  const command = (wanted: Omit<Command, 'id'>): Promise<void> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, (error) => {
        waiting.delete(id);
        if (error === undefined) resolve();
        else reject(new Error(error));
      });
      if (child.exitCode !== null || child.signalCode !== null)
        waiting.get(id)?.('the stack has been stopped');
      child.stdin.write(`${JSON.stringify({ ...wanted, id })}\n`);
    });

  return { supervisor: child.pid ?? 0, pids, running: (name) => running.get(name), command, stop };
};
