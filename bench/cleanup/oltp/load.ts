// The load beside a deletion: point reads, updates and inserts at a fixed rate. It is open-loop: an operation's latency
// counts from when it was to begin, so one that waits for a connection, or for this process, is as late as a user would find it.
import pg from 'pg';
import { TABLE } from '../terms.ts';
import type { Kind, LoadOrder, Operation } from './protocol.ts';

/** Seven reads, two updates and one insert, always in this order. */
const MIX: readonly Kind[] = [
  'read',
  'read',
  'update',
  'read',
  'read',
  'insert',
  'read',
  'read',
  'update',
  'read',
];

export interface Load {
  /** Begins no more operations and resolves once those under way have ended. */
  readonly stop: () => Promise<{
    readonly operations: readonly Operation[];
    readonly failed: readonly string[];
  }>;
}

/** Spreads the ids that are asked for over all live rows, the same ones each time. */
const createIds = ({ from, to }: LoadOrder['live']): (() => number) => {
  let state = 12_345;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return from + Math.floor((state / 2_147_483_648) * (to - from + 1));
  };
};

const createStatements = (live: LoadOrder['live']): Record<Kind, () => pg.QueryConfig> => {
  const liveId = createIds(live);
  let inserted = live.to;
  return {
    read: () => ({
      name: 'read',
      text: `SELECT tenant, payload FROM ${TABLE} WHERE id = $1`,
      values: [liveId()],
    }),
    update: () => ({
      name: 'update',
      text: `UPDATE ${TABLE} SET tenant = tenant + 1 WHERE id = $1`,
      values: [liveId()],
    }),
    insert: () => {
      inserted += 1;
      return {
        name: 'insert',
        text: `INSERT INTO ${TABLE} (id, created_at, tenant, payload) VALUES ($1, now(), 1, repeat('x', 122))`,
        values: [inserted],
      };
    },
  };
};

const unixNow = (): number => performance.timeOrigin + performance.now();

export const startLoad = async (order: LoadOrder): Promise<Load> => {
  const statements = createStatements(order.live);
  const clients = Array.from(
    { length: order.connections },
    () => new pg.Client({ connectionString: order.url }),
  );
  for (const client of clients) await client.connect();
  const free = [...clients];
  const due: { readonly kind: Kind; readonly at: number }[] = [];
  const operations: Operation[] = [];
  const failed: string[] = [];
  const beginning = unixNow();
  let count = 0;
  let stopped = false;
  let idle = (): void => {};

  const take = (): void => {
    while (due.length > 0) {
      const client = free.pop();
      if (!client) return;
      const next = due.shift();
      if (next) perform(client, next);
    }
    if (stopped && free.length === clients.length) idle();
  };
  const perform = (client: pg.Client, { kind, at }: (typeof due)[number]): void => {
    client
      .query(statements[kind]())
      .then(
        () => operations.push({ kind, at, ms: unixNow() - at }),
        (error: Error) => failed.push(error.message),
      )
      .finally(() => {
        free.push(client);
        take();
      })
      .catch(() => {});
  };
  const timer = setInterval(() => {
    const now = unixNow();
    for (; beginning + (count * 1000) / order.rate <= now; count += 1)
      due.push({ kind: MIX[count % MIX.length] ?? 'read', at: beginning + (count * 1000) / order.rate });
    take();
  }, 1);

  return {
    stop: async () => {
      clearInterval(timer);
      stopped = true;
      await new Promise<void>((resolve) => {
        idle = resolve;
        take();
      });
      await Promise.all(clients.map((client) => client.end()));
      return { operations, failed };
    },
  };
};
