// Notices that the process above us died without a word (kill -9 of the `npm` that started us).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const periodMs = 500;

const lookUp = (pid: number): { parent: number; command: string } => {
  try {
    if (process.platform !== 'linux') {
      const line = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
      return { parent: Number.parseInt(line, 10), command: line.replace(/^\d+\s+/, '') };
    }
    // The name, in brackets, may itself have spaces and brackets.
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { parent: Number(afterName.split(' ')[1]), command };
  } catch {
    return { parent: 0, command: '' };
  }
};

/** npm starts us through `sh -c`, and not every shell leaves its place to us: then npm is one further up. */
const npmAbove = (): number | undefined => {
  const above = lookUp(process.ppid);
  if (above.parent <= 1 || !/^\S*sh -c /.test(above.command)) return undefined;
  return /\b(npm|npx|pnpm|yarn)\b/.test(lookUp(above.parent).command) ? above.parent : undefined;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Calls back once, when the parent of this process, or the npm behind it, has ended; answers how to stop watching. */
export const onParentGone = (callback: () => void): (() => void) => {
  const parent = process.ppid;
  const npm = npmAbove();
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isAlive(npm))) return;
    clearInterval(timer);
    callback();
  }, periodMs);
  timer.unref();
  return () => clearInterval(timer);
};
