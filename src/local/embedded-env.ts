// Addresses of an embedded stack, as the environment variables that everything else reads. A file tells other
// commands in the same folder where a running stack is.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LoadedConfig } from '../catalog/load.ts';
import type { Env } from '../config/env.ts';
import { type UnstatedDatabase, unstatedDatabases } from '../config/load-catalog.ts';
import type { Stack } from './stack.ts';

/** Named after its pack, as SQL would write it; after itself too where the pack has another one. */
const databaseName = (packs: LoadedConfig['packs'], { pack, name }: UnstatedDatabase): string => {
  const databases = packs.find((each) => each.name === pack)?.databases ?? {};
  const declared = Object.values(databases).filter((definition) => 'url' in definition);
  const own = pack.replaceAll('-', '_');
  return declared.length > 1 ? `${own}.${name}` : own;
};

/** Makes the databases that nobody stated and returns `env` with every address in it. */
export const embeddedEnv = async (config: LoadedConfig, env: Env, stack: Stack): Promise<Env> => {
  const added: Record<string, string> = {};
  for (const unstated of unstatedDatabases(config, env)) {
    const name = databaseName(config.packs, unstated);
    await stack.postgres.createDatabase(name);
    added[unstated.variable] = stack.postgres.urlOf(name);
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

/** Where servers are. */
const SERVER = /^(TEMPORAL_ADDRESS|REDIS_URL|(\w+_)?DATABASE_URL)$/;

/**
 * `env`, completed by the stack that runs in this folder, if one does. What is stated wins; who states a server of another
 * place means that place with all it has, and gets nothing of this stack.
 */
export const withAnnouncedStack = (env: Env, file = FILE): Env => {
  try {
    const { pid, env: brought }: { pid: number; env: Env } = JSON.parse(readFileSync(file, 'utf8'));
    process.kill(pid, 0);
    const isElsewhere = Object.entries(env).some(
      ([name, value]) => SERVER.test(name) && brought[name] !== undefined && brought[name] !== value,
    );
    return isElsewhere ? env : { ...brought, ...env };
  } catch {
    return env;
  }
};
