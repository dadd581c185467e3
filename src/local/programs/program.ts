// What looking for a server's program needs and yields, the same for all servers.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ServerChoice } from '../stack.ts';
import { lastLine, runProgram } from './run-program.ts';

export interface Search {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that outlives stacks and is shared by all checkouts of this user. */
  readonly cache: string;
  /** Says one line about the server looked for. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Program {
  readonly path: string;
  readonly source: ServerChoice['source'];
  /** As a person would say it: "Temporal server 1.32.0 (CLI 1.9.1) from the cache". */
  readonly title: string;
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** The first executable of that name on PATH. */
export const onPath = ({ name, env }: { name: string; env: Search['env'] }): string | undefined =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find(isExecutable);

/** What `path --version` prints; undefined when there is no such program or it does not run here. */
export const versionLine = async ({ path, search }: { path: string; search: Search }) => {
  if (!isExecutable(path)) return undefined;
  const { env, signal } = search;
  const result = await runProgram({ file: path, args: ['--version'], env, signal, timeoutMs: 20_000 });
  // Else a program would count as broken, and be replaced, because nobody waited for its answer.
  signal.throwIfAborted();
  return result.ok ? lastLine(result.stdout) : undefined;
};

/** Compares dotted versions number by number: `atLeast({ version: '1.32.0', wanted: '1.9' })`. */
export const atLeast = ({ version, wanted }: { version: string; wanted: string }): boolean => {
  const [have, want] = [version, wanted].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  );
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
};
