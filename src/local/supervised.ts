// One server in the supervisor's hands: brought up, watched, halted, launched again on the same port and data.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';
import type { Program } from './programs/program.ts';
import { lastLine } from './programs/run-program.ts';
import type { Report } from './protocol.ts';
import type { ServerKind } from './servers/server.ts';

export interface Supervised {
  /** Until it serves. */
  readonly launch: () => Promise<void>;
  readonly end: (by: 'orderly' | 'crash') => Promise<void>;
  readonly ports: () => readonly number[];
}

export interface SupervisedOptions {
  readonly kind: ServerKind;
  readonly program: Program;
  readonly folder: string;
  readonly report: (report: Report) => void;
}

const readyWithinMs = 60_000;
const endWithinMs = 5_000;
const launches = 5;

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const howItWent = (child: ChildProcess): string =>
  hasEnded(child)
    ? `it ended without a word (${child.signalCode ?? `exit code ${child.exitCode}`})`
    : `it did not answer within ${readyWithinMs / 1_000} s`;

export const supervise = ({ kind, program, folder, report }: SupervisedOptions): Supervised => {
  const logFile = join(folder, 'server.log');
  const log = () => readFile(logFile, 'utf8').catch(() => '');
  let ports: readonly number[] = [];
  let child: ChildProcess | undefined;
  let spawnFailure = '';
  /** Whether its ending would be news. */
  let wanted = false;

  const start = (): ChildProcess => {
    const { args, uid, gid, title } = kind.launch({ folder, ports });
    const output = openSync(logFile, 'w', 0o600);
    // Nothing of our environment: PG* and TEMPORAL_* would be taken for settings.
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, LC_ALL: 'C', TZ: 'UTC' };
    const started = spawn(program.path, args, {
      env,
      cwd: folder,
      stdio: ['ignore', output, output],
      ...(title ? { argv0: title } : {}),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    closeSync(output);
    started.once('error', (error) => {
      spawnFailure = error.message;
    });
    started.once('exit', (code, signal) => {
      if (!wanted || child !== started) return;
      wanted = false;
      report({ type: 'say', server: kind.name, line: `ended by itself (${signal ?? `exit code ${code}`})` });
    });
    if (started.pid !== undefined) report({ type: 'process', server: kind.name, pid: started.pid });
    return started;
  };

  const untilReady = async (started: ChildProcess): Promise<void> => {
    const deadline = Date.now() + readyWithinMs;
    while (started.pid !== undefined && !hasEnded(started) && Date.now() < deadline) {
      try {
        await kind.probe({ ports, pid: started.pid, log });
        if (!hasEnded(started)) return;
      } catch {
        await sleep(20);
      }
    }
    const reason = lastLine(await log()) || spawnFailure || howItWent(started);
    started.kill('SIGKILL');
    throw new Error(reason);
  };

  const launch = async (): Promise<void> => {
    const keepsPorts = ports.length > 0;
    for (let attempt = 1; ; attempt += 1) {
      if (!keepsPorts) ports = await freePorts(kind.portCount);
      child = start();
      try {
        await untilReady(child);
        wanted = true;
        return;
      } catch (error) {
        if (attempt === launches || !kind.passing.test(await log())) throw error;
        await sleep(keepsPorts ? 500 : 0);
      }
    }
  };

  const end = async (by: 'orderly' | 'crash'): Promise<void> => {
    wanted = false;
    const ending = child;
    if (!ending || ending.pid === undefined || hasEnded(ending)) return;
    const ended = once(ending, 'exit');
    ending.kill(kind.endBy[by]);
    const late = setTimeout(() => ending.kill('SIGKILL'), endWithinMs);
    await ended;
    clearTimeout(late);
  };

  return { launch, end, ports: () => ports };
};
