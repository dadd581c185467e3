// What a pack's command gets to work with: everything is connected at the first question and let go of at the end.
import Table from 'cli-table3';
import type pg from 'pg';
import { createPool } from '../../adapters/postgres/pool.ts';
import { openRedisDesk } from '../../adapters/redis-desk.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { CommandTools } from '../../catalog/define/commands.ts';
import type { CommandContext, Session } from '../context.ts';
import { type Asker, commandDatabase } from './database.ts';

interface ToolsInput {
  readonly context: CommandContext;
  readonly catalog: Catalog;
  readonly asker: Asker;
}

/** Longer than anybody waits at a terminal. */
const STATEMENT_SECONDS = 30;

const MOST_CONNECTIONS = 3;

/** The shortest that a key can last. */
const LEAST_MS = 1_000;

/** Runs `work` with tools that are let go of however it ends. */
export const withTools = async <T>(
  { context, catalog, asker }: ToolsInput,
  work: (tools: CommandTools) => Promise<T>,
): Promise<T> => {
  const pools = new Map<string, pg.Pool>();
  const poolAt = (url: string): pg.Pool => {
    const pool =
      pools.get(url) ?? createPool({ url, max: MOST_CONNECTIONS, statementSeconds: STATEMENT_SECONDS });
    pools.set(url, pool);
    return pool;
  };
  const { pack, command, by, audited } = asker;
  const redis = openRedisDesk(catalog.redisUrl);
  let session: Promise<Session> | undefined;

  const db: CommandTools['db'] = (name) => {
    const found = catalog.databases.find((each) => each.pack === pack && each.name === name);
    if (!found) throw new Error(`pack ${pack} declares no database ${name}`);
    const isHome = found.url === catalog.home.url && found.migrationsDir === undefined;
    return commandDatabase({ pool: poolAt(found.url), asker, isHome });
  };
  const tools: CommandTools = {
    db,
    home: commandDatabase({ pool: poolAt(catalog.home.url), asker, isHome: true }),
    redis: {
      ping: redis.ping,
      memory: redis.memory,
      count: redis.count,
      get: redis.get,
      set: async (key, value, until) => {
        if (!audited) throw new Error(`${pack} ${command} may not change anything: it is not audited`);
        await redis.set(key, value, Math.max(LEAST_MS, until.getTime() - Date.now()));
      },
    },
    temporal: async () => {
      session ??= context.open();
      return (await session).client;
    },
    clock: {
      now: async (database) => {
        const [row] = await db(database).query<{ readonly now: Date }>('SELECT sexton.now() AS now');
        if (!row) throw new Error('a SELECT without a row');
        return row.now;
      },
    },
    by,
    log: (line) => void context.err.write(`${line}\n`),
    table: (head, rows) => {
      const table = new Table({ head: [...head], style: { head: [], border: [] }, wordWrap: true });
      for (const row of rows) table.push(row.map((cell) => (cell === null ? '–' : String(cell))));
      return table.toString();
    },
  };
  try {
    return await work(tools);
  } finally {
    await redis.close();
    await Promise.allSettled([...pools.values()].map((pool) => pool.end()));
    if (session) await session.then(({ close }) => close()).catch(() => {});
  }
};
