// One measurement: a method deletes the eligible rows of a fresh copy, and what is left is counted.
import { setTimeout as sleep } from 'node:timers/promises';
import { watchCpu } from '../shared/cpu.ts';
import { forgetStatements, readStatements, type Statement } from '../shared/statements.ts';
import type { Ground } from './ground.ts';
import { eligibleRows, type Layout } from './layouts.ts';
import { PEERS } from './peers/index.ts';
import { type ProductRun, runProduct } from './product.ts';
import { MEASURED, OLDER_THAN, TABLE } from './terms.ts';

export const PRODUCT = 'sexton';

/** The product first, then the peers. */
export const METHODS: readonly string[] = [PRODUCT, ...PEERS.map(({ name }) => name)];

export interface Measured {
  readonly method: string;
  /** First batch's begin to last commit. */
  readonly seconds: number;
  readonly deleted: number;
  /** Instants of that time, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Busy share of all cores in that time. */
  readonly cpu: number;
  /** WAL that the server wrote meanwhile, all of it. */
  readonly walBytes: number;
  /** What Postgres spent its time on. */
  readonly statements: readonly Statement[];
  /** It was ended before it was done: seconds and rows say nothing. */
  readonly cut?: boolean;
  /** Only of the product. */
  readonly run?: ProductRun;
}

export interface MeasureInput {
  readonly ground: Ground;
  readonly layout: Layout;
  readonly method: string;
  readonly batchRows: number;
  /** A peer is ended after this long, where what goes on beside it is all that is asked. */
  readonly cutAfterSeconds?: number;
}

/** Of a database that `restore` has just made. */
export const measure = async (input: MeasureInput): Promise<Measured> => {
  const { ground, method } = input;
  await ground.connected('postgres', forgetStatements);
  const walBefore = await walPosition(ground);
  const cpu = watchCpu();
  const timed = method === PRODUCT ? await timeProduct(ground) : await timePeer(input);
  const busy = cpu(timed);
  return {
    method,
    ...timed,
    cpu: busy,
    walBytes: (await walPosition(ground)) - walBefore,
    statements: await ground.connected('postgres', (db) => readStatements(db, MEASURED)),
  };
};

const timeProduct = async (ground: Ground) => {
  const run = await runProduct(ground);
  const { deleted, firstBatchAt: from, lastCommitAt: to, phases } = run;
  return { seconds: phases.work / 1000, deleted, from, to, run };
};

const timePeer = ({ ground, method, batchRows, cutAfterSeconds }: MeasureInput) =>
  ground.connected(MEASURED, async (db) => {
    const peer = PEERS.find(({ name }) => name === method);
    if (!peer) throw new Error(`there is no method ${method}`);
    const { rows } = await db.query<{ cutoff: string; pid: number }>(
      `SELECT (now() - interval '${OLDER_THAN}')::text AS cutoff, pg_backend_pid() AS pid`,
    );
    const { cutoff = '', pid } = rows[0] ?? {};
    const [from, started] = [Date.now(), performance.now()];
    const running = peer.run({ db, cutoff, batchRows });
    const deleted = await (cutAfterSeconds === undefined ? running : within(cutAfterSeconds, running));
    const seconds = (performance.now() - started) / 1000;
    const span = { seconds, from, to: from + seconds * 1000 };
    if (deleted !== undefined) return { ...span, deleted };
    running.catch(() => {});
    await ground.connected('postgres', (admin) => admin.query('SELECT pg_terminate_backend($1)', [pid]));
    return { ...span, deleted: 0, cut: true };
  });

/** What `work` resolves with, or undefined where that takes longer. */
const within = async <T>(seconds: number, work: Promise<T>): Promise<T | undefined> => {
  const over = new AbortController();
  const cut = sleep(seconds * 1000, undefined, { signal: over.signal }).catch(() => undefined);
  return Promise.race([work, cut]).finally(() => over.abort());
};

const walPosition = (ground: Ground): Promise<number> =>
  ground.connected('postgres', async (db) => {
    const { rows } = await db.query(
      `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes`,
    );
    return rows[0].bytes;
  });

/** Throws unless exactly the eligible rows are gone; `inserted` came in meanwhile. */
export const requireExact = async (
  ground: Ground,
  { method, deleted }: Measured,
  expected: { readonly layout: Layout; readonly rows: number; readonly inserted?: number },
): Promise<void> => {
  const { layout, rows, inserted = 0 } = expected;
  const eligible = eligibleRows(layout, rows);
  const left = await ground.connected(MEASURED, async (db) => {
    const { rows: counted } = await db.query<{ old: number; all: number }>(
      `SELECT count(*) FILTER (WHERE created_at < now() - interval '${OLDER_THAN}')::int AS old, count(*)::int AS all
       FROM ${TABLE}`,
    );
    return counted[0];
  });
  if (left?.old === 0 && left.all === rows - eligible + inserted && deleted === eligible) return;
  throw new Error(
    `${method} on ${layout.name}: ${eligible} of ${rows} rows were to go, ${deleted} were counted as gone, ` +
      `${left?.all} are left and ${left?.old} of them are eligible`,
  );
};
