// Addresses of an embedded stack, as the environment variables that everything else reads. A file tells other
// commands in the same folder where a running stack is.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LoadedConfig } from '../catalog/load.ts';
import type { Env } from '../config/env.ts';
import { unstatedDatabases } from '../config/load-catalog.ts';
import type { Stack } from './stack.ts';

/** One database a pack; its name is the pack's, as SQL would write it. */
const databaseOf = (pack: string): string => pack.replaceAll('-', '_');

/** Makes the databases that nobody stated and returns `env` with every address in it. */
export const embeddedEnv = async (config: LoadedConfig, env: Env, stack: Stack): Promise<Env> => {
  const added: Record<string, string> = {};
  for (const { pack, variable } of unstatedDatabases(config, env)) {
    await stack.postgres.createDatabase(databaseOf(pack));
    added[variable] = stack.postgres.urlOf(databaseOf(pack));
  }
  if (env['SEXTON_DATABASE_URL'] === undefined && env['DATABASE_URL'] === undefined) {
    await stack.postgres.createDatabase('sexton');
    added['SEXTON_DATABASE_URL'] = stack.postgres.urlOf('sexton');
  }
  const { address, namespace } = stack.temporal;
  return {
    ...env,
    REDIS_URL: stack.redis.url,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    ...added,
  };
};

const FILE = '.sexton/embedded.json';

/** What of `env` the stack brought, written for this user only: it holds a password. */
export const announceStack = (before: Env, after: Env, file = FILE): (() => void) => {
  const brought = Object.entries(after).filter(([name]) => before[name] === undefined);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, env: Object.fromEntries(brought) }), {
    mode: 0o600,
  });
  return () => rmSync(file, { force: true });
};

/** `env`, completed by the stack that runs in this folder, if one does. What is stated wins. */
export const withAnnouncedStack = (env: Env, file = FILE): Env => {
  try {
    const { pid, env: brought } = JSON.parse(readFileSync(file, 'utf8'));
    process.kill(pid, 0);
    return { ...brought, ...env };
  } catch {
    return env;
  }
};
