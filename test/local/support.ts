// Helpers of the tests of the embedded stack: caches of a test's own, processes that hold a stack, what still runs.
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../src/local/cache.ts';
import { processesOf } from '../../src/local/run-folder.ts';
import { eventually } from '../support/eventually.ts';

const loader = fileURLToPath(new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url));
const holder = fileURLToPath(new URL('./hold-stack.ts', import.meta.url));

/** A folder of the test's own, with a name that careless code trips over. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sexton tést '));
  chmodSync(folder, 0o755);
  return folder;
};

/** A cache with run folders of its own and the programs of the user's cache, so that nothing is fetched twice. */
export const ownCache = (): { cache: string; remove: () => void } => {
  const cache = temporaryFolder();
  const programs = join(cacheFolder(process.env), 'programs');
  mkdirSync(programs, { recursive: true });
  symlinkSync(programs, join(cache, 'programs'));
  return { cache, remove: () => rmSync(cache, { recursive: true, force: true }) };
};

/** The environment without addresses of servers, so that they are embedded. */
export const embeddingEnv = (more: Record<string, string>): NodeJS.ProcessEnv => {
  const {
    TEMPORAL_ADDRESS: _t,
    DATABASE_URL: _d,
    SEXTON_DATABASE_URL: _s,
    REDIS_URL: _r,
    ...rest
  } = process.env;
  return { ...rest, ...more };
};

export interface Held {
  readonly child: ChildProcess;
  readonly said: readonly string[];
  readonly errors: () => string;
  readonly up: () => Promise<{ pids: Record<string, number>; supervisor: number }>;
}

export interface HoldOptions {
  readonly cache: string;
  readonly only?: readonly string[];
  readonly uid?: number;
}

/** Starts a process that holds a stack. */
export const holdStack = ({ cache, only, uid }: HoldOptions): Held => {
  const child = spawn(process.execPath, ['--import', loader, holder, JSON.stringify({ only })], {
    env: embeddingEnv({ SEXTON_CACHE_DIR: cache, ...(uid === undefined ? {} : { HOME: cache }) }),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const said: string[] = [];
  let errors = '';
  let up: { pids: Record<string, number>; supervisor: number } | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    if ('say' in message) said.push(message.say);
    else up = message;
  });
  return {
    child,
    said,
    errors: () => errors,
    up: () => eventually(`the stack is up; it said ${said.join('; ')}`, () => up, { withinMs: 50_000 }),
  };
};

/** `pid` and all that it has started. */
export const withDescendants = (pid: number): readonly number[] => {
  const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const rows = table.map((line) => line.trim().split(/\s+/).map(Number));
  const children = rows.filter(([, parent]) => parent === pid).map(([child]) => child ?? 0);
  return [pid, ...children.flatMap(withDescendants)];
};

/** Zombies do not count: somebody has only not yet taken note of their end. */
const runs = (pid: number): boolean => {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z');
  } catch {
    return false;
  }
};

/** Within ten seconds none of `pids`, no process for this cache and none of its data is left. */
export const nothingIsLeft = async ({ cache, pids }: { cache: string; pids: readonly number[] }) => {
  await eventually(
    'no process is left',
    () => !pids.some(runs) && processesOf(join(cache, 'run')).length === 0,
    {
      withinMs: 10_000,
    },
  );
  await eventually('no data is left', () => readdirSync(join(cache, 'run')).length === 0, {
    withinMs: 10_000,
  });
};

/** Puts an executable shell script into `folder`. */
export const fakeProgram = ({
  folder,
  name,
  script,
}: {
  folder: string;
  name: string;
  script: string;
}): string => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
};
