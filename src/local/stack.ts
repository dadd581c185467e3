// The embedded stack: Temporal, Postgres and Redis for `npm start` and the tests, on a machine that has none.
// What the environment gives is used instead. What is started ends with this process, however that ends.
import { randomBytes } from 'node:crypto';
import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { cacheFolder } from './cache.ts';
import { environmentChoices, givenServers } from './environment-servers.ts';
import type { Link } from './supervisor-link.ts';
import { startSupervisor } from './supervisor-link.ts';

export { StackUnavailable } from './unavailable.ts';

export interface ServerChoice {
  readonly name: 'temporal' | 'postgres' | 'redis';
  readonly source: 'environment' | 'path' | 'cache' | 'download' | 'package' | 'built' | 'system';
  /** One line said to the user, e.g. "PostgreSQL 18.4 from the cache, port 21233". */
  readonly detail: string;
}

type ServerName = ServerChoice['name'];

export interface Stack {
  readonly choices: readonly ServerChoice[];
  readonly temporal: {
    readonly address: string;
    readonly uiUrl: string | undefined;
    readonly namespace: string;
  };
  readonly postgres: {
    /** Superuser URL of a database. One given by the environment is the same for every database but `sexton`. */
    readonly urlOf: (database: string) => string;
    /** Makes the database unless it is there already; leaves a Postgres given by the environment alone. */
    readonly createDatabase: (name: string) => Promise<void>;
    readonly embedded: boolean;
  };
  readonly redis: { readonly url: string; readonly embedded: boolean };
  /** Pids of our own servers as they are now, by name, for tests that kill things. */
  readonly pids: Readonly<Record<string, number>>;
  /** Pid of the process that owns them; undefined when there are none. */
  readonly supervisor: number | undefined;
  /**
   * Takes one of our own servers down until `launch`. A `crash`, the default, loses what a power cut would not
   * spare in memory: all of Redis, and Temporal's state unless it is in a file; Postgres recovers.
   */
  readonly halt: (name: ServerName, by?: 'orderly' | 'crash') => Promise<void>;
  /** Brings a halted or dead server up again, on the same port and data. */
  readonly launch: (name: ServerName) => Promise<void>;
  readonly restart: (name: ServerName, options?: { readonly downForMs?: number }) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface StackOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly searchAttributes?: Readonly<Record<string, 'Keyword' | 'Double' | 'Int' | 'Text' | 'Bool'>>;
  /** Servers to bring up; all by default. Asking the stack for another one throws. */
  readonly only?: readonly ServerName[];
  /** Keeps Temporal's state in a file, so that it survives `restart`; in memory by default. */
  readonly temporalDbFile?: boolean;
}

const createDatabase = async ({ url, name }: { url: string; name: string }): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0`);
  } catch (error) {
    // There already (42P04), or being made by somebody else at this moment (23505).
    const isThere = error instanceof DatabaseError && (error.code === '42P04' || error.code === '23505');
    if (!isThere) throw error;
  } finally {
    await client.end();
  }
};

/** Brings the stack up, saying one line a server, or rejects with StackUnavailable; nothing is then left running. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { env, only = ['temporal', 'postgres', 'redis'] } = options;
  const given = givenServers(env);
  const embeds = (name: ServerName) => only.includes(name) && given[name] === undefined;
  const namespace = env['TEMPORAL_NAMESPACE'] || 'default';
  const login = { user: 'sexton', password: randomBytes(18).toString('base64url') };
  const say = (name: ServerName, line: string) => options.say(`${name.padEnd(9)} ${line}`);

  const fromEnvironment = environmentChoices(given).filter(({ name }) => only.includes(name));
  for (const { name, detail } of fromEnvironment) say(name, detail);

  const { searchAttributes = {}, temporalDbFile: dbFile = false } = options;
  const start = async (): Promise<Link> => {
    const temporal = embeds('temporal') ? { namespace, searchAttributes, dbFile } : undefined;
    const postgres = embeds('postgres') ? login : undefined;
    const redis = embeds('redis') ? {} : undefined;
    return startSupervisor({ begin: { cache: cacheFolder(env), temporal, postgres, redis }, env, say });
  };
  const link = only.some(embeds) ? await start() : undefined;

  const running = (name: ServerName) => {
    const found = link?.running(name);
    if (!found)
      throw new Error(`${name} is not part of this stack: it was started with only ${only.join(', ')}`);
    return found;
  };
  const local = (name: ServerName, index = 0) => `127.0.0.1:${running(name).ports[index]}`;
  const urlOf = (database: string): string => {
    if (given.postgres) return database === 'sexton' ? given.postgres.home : given.postgres.packs;
    return `postgresql://${login.user}:${login.password}@${local('postgres')}/${encodeURIComponent(database)}`;
  };
  const command = async (wanted: Parameters<Link['command']>[0]): Promise<void> => {
    running(wanted.server);
    await link?.command(wanted);
  };
  const halt: Stack['halt'] = (server, by = 'crash') => command({ do: 'halt', server, by });
  const launch: Stack['launch'] = (server) => command({ do: 'launch', server });

  return {
    choices: [...fromEnvironment, ...only.filter(embeds).map((name) => running(name).choice)],
    get temporal() {
      const address = given.temporal ?? local('temporal');
      return { address, namespace, uiUrl: given.temporal ? undefined : `http://${local('temporal', 1)}` };
    },
    postgres: {
      urlOf,
      createDatabase: async (name) => {
        if (!given.postgres) await createDatabase({ url: urlOf('postgres'), name });
      },
      embedded: given.postgres === undefined,
    },
    get redis() {
      return { url: given.redis ?? `redis://${local('redis')}`, embedded: given.redis === undefined };
    },
    pids: link?.pids ?? {},
    supervisor: link?.supervisor,
    halt,
    launch,
    restart: async (name, { downForMs = 0 } = {}) => {
      await halt(name);
      await new Promise((resolve) => setTimeout(resolve, downForMs));
      await launch(name);
    },
    stop: async () => link?.stop(),
  };
};
