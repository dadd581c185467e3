// Runs a foreign program to its end, without a shell, and never for longer than it was given.
import { execFile } from 'node:child_process';

export interface ProgramRun {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never rejects: a program that is missing, fails or takes too long is `ok: false` with the reason in stderr. */
export const runProgram = ({ file, args, timeoutMs, env, ...rest }: ProgramRun): Promise<ProgramResult> =>
  new Promise((resolve) => {
    const options = { ...rest, env: { ...env }, timeout: timeoutMs, maxBuffer: 64 << 20 };
    const child = execFile(file, args, { ...options, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: stderr || (error?.message ?? '') });
    });
    child.stdin?.end();
  });

/** The last line that says something, for one-line messages. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';
