// The folder of one running stack, run/<host>-<pid of the parent>-<random>, and the end of all that use it.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Containers may share a cache but not their processes: each looks after the runs of its own host only.
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
const dayMs = 86_400_000;

/** A folder not yet there, for a stack of this process. */
export const newRunFolder = (cache: string): string =>
  join(cache, 'run', `${host}-${process.pid}-${randomBytes(4).toString('hex')}`);

const commandLines = (): readonly { pid: number; command: string }[] => {
  if (process.platform !== 'linux') {
    const table = execFileSync('ps', ['-axww', '-o', 'pid=,args='], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    return table.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandOf(name) }));
};

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};

/** Processes started for that folder. Found by command line, never by a remembered pid: pids are used again. */
export const processesOf = (folder: string): readonly number[] =>
  commandLines()
    .filter(({ pid, command }) => pid !== process.pid && command.includes(folder))
    .map(({ pid }) => pid);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const signalAll = ({ folder, signal }: { folder: string; signal: NodeJS.Signals }): number => {
  const pids = processesOf(folder);
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ended by itself meanwhile, or is not ours to end.
    }
  }
  return pids.length;
};

/** Ends whatever still runs for a folder whose supervisor is gone, then removes it. */
export const endRun = async (folder: string): Promise<void> => {
  // SIGINT is the orderly end for all our servers.
  const deadline = Date.now() + 5_000;
  signalAll({ folder, signal: 'SIGINT' });
  while (processesOf(folder).length > 0 && Date.now() < deadline) await sleep(50);
  while (signalAll({ folder, signal: 'SIGKILL' }) > 0 && Date.now() < deadline + 5_000) await sleep(50);
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
};

const isLeftover = ({ name, folder }: { name: string; folder: string }): boolean => {
  const [owner, parent] = name.split('-');
  if (owner !== host || isAlive(Number(parent))) return false;
  return !commandLines().some(({ command }) => command.includes('supervisor') && command.includes(folder));
};

/** Removes what kill -9 of everything has left: stacks without parent and supervisor, and unfinished fetches. */
export const sweep = async (cache: string): Promise<void> => {
  const runs = join(cache, 'run');
  for (const name of await readdir(runs).catch(() => [])) {
    const folder = join(runs, name);
    if (isLeftover({ name, folder })) await endRun(folder);
  }
  const programs = join(cache, 'programs');
  for (const name of await readdir(programs).catch(() => [])) {
    const path = join(programs, name);
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (name.includes('.part-') && ageMs > dayMs) await rm(path, { recursive: true, force: true });
  }
};
