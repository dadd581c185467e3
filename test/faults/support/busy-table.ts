// The table that a chaotic run cleans, and who else works on it. A trigger writes down each row that goes, with its age at
// that moment and whose session it was; others write down in the same transaction which rows they made young.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { Chance } from './seeded.ts';

export const TABLE = 'public.chaos';

const DAYS = { old: [2, 400], young: [-30, 0] } as const;

/** `rows` are due, a fifth as many again are not, in no order of their ages. */
export const createBusyTable = async (target: pg.Pool, rows: number): Promise<void> => {
  await target.query(`
    CREATE TABLE ${TABLE} (
      uid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, age timestamptz, note int NOT NULL DEFAULT 0,
      payload text NOT NULL DEFAULT repeat('x', 60)) WITH (fillfactor = 90);
    CREATE TABLE public.chaos_gone (uid bigint, age timestamptz, who text);
    CREATE TABLE public.chaos_made_young (uid bigint);
    CREATE FUNCTION public.chaos_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.chaos_gone VALUES (OLD.uid, OLD.age, current_setting('application_name')); RETURN NULL; END $$;`);
  await target.query(
    `INSERT INTO ${TABLE} (age) SELECT sexton.now() - make_interval(secs => CASE WHEN random() < 5.0 / 6
       THEN 2 * 86400 + random() * 300 * 86400 ELSE -random() * 86400 END) FROM generate_series(1, $1)`,
    [Math.round(rows * 1.2)],
  );
  await target.query(`
    CREATE INDEX ON ${TABLE} (age);
    CREATE TRIGGER gone AFTER DELETE ON ${TABLE} FOR EACH ROW EXECUTE FUNCTION public.chaos_gone();`);
  await target.query(`VACUUM ANALYZE ${TABLE}`);
};

/** The declared job over the busy table. */
export const jobOnBusyTable = (snapshot: JobSnapshot): JobSnapshot => {
  const { alerts: _, guard: __, ...job } = snapshot;
  const age = { column: 'age', olderThanSeconds: 86_400 };
  const place = { database: 'app', schema: 'public', table: 'chaos' };
  const selection = { ...place, key: ['uid'], age, orderBy: ['age', 'uid'] };
  return {
    ...job,
    name: 'chaos',
    resourceType: 'chaos',
    lockKey: 'lock:cleanup:chaos',
    budgetSeconds: 3_600,
    steps: [{ action: 'delete', name: 'chaos', batchRows: 1_000, selection }],
  };
};

export interface Others {
  /** No more rows are added, and none is locked for longer than an update takes. */
  readonly calmDown: () => void;
  readonly stop: () => Promise<void>;
  /** What they did, by kind. */
  readonly did: Readonly<Record<string, number>>;
}

interface OthersInput {
  readonly url: string;
  readonly rows: number;
  readonly chance: Chance;
}

type Act = (db: pg.Client, chance: Chance, uid: number) => Promise<unknown>;

const aged = ([from, to]: readonly [number, number], chance: Chance): string =>
  `sexton.now() - make_interval(secs => ${86_400 * (from + chance.share() * (to - from))})`;

/** Each is one transaction. What makes a row young names it in the same one. */
const ACTS: Readonly<Record<string, Act>> = {
  'inserts young': (db, chance) =>
    db.query(`INSERT INTO ${TABLE} (age) SELECT ${aged(DAYS.young, chance)} FROM generate_series(1, 5)`),
  'HOT update': (db, _, uid) => db.query(`UPDATE ${TABLE} SET note = note + 1 WHERE uid = $1`, [uid]),
  'moving update': (db, chance, uid) =>
    db.query(`UPDATE ${TABLE} SET payload = repeat('y', $2) WHERE uid BETWEEN $1 AND $1 + 5`, [
      uid,
      chance.whole(10, 1_500),
    ]),
  'makes older': (db, chance, uid) =>
    db.query(
      `UPDATE ${TABLE} SET age = ${aged(DAYS.old, chance)} WHERE uid = $1 AND age < sexton.now() - interval '2 days'`,
      [uid],
    ),
  'makes young': (db, chance, uid) =>
    db.query(
      `WITH young AS (UPDATE ${TABLE} SET age = ${aged(DAYS.young, chance)} WHERE uid = $1 RETURNING uid)
       INSERT INTO public.chaos_made_young SELECT uid FROM young`,
      [uid],
    ),
  deletes: (db, _, uid) => db.query(`DELETE FROM ${TABLE} WHERE uid = $1`, [uid]),
};

/** These two are left off once the run comes to its end: they would leave something for the next one. */
const GROWTH: Readonly<Record<string, Act>> = {
  'inserts old': (db, chance) => db.query(`INSERT INTO ${TABLE} (age) VALUES (${aged(DAYS.old, chance)})`),
};
const UNQUIET: Readonly<Record<string, Act>> = {
  locks: async (db, chance, uid) => {
    await db.query('BEGIN');
    await db.query(`SELECT 1 FROM ${TABLE} WHERE uid BETWEEN $1 AND $1 + 20 FOR UPDATE`, [uid]);
    await delay(chance.whole(100, 1_500));
    await db.query('COMMIT');
  },
  vacuums: (db) => db.query(`VACUUM ${TABLE}`),
};

const PAUSE_MS = 40;

/** Two sessions of others at work on the table, which outlive every restart of the server. */
export const startOthers = ({ url, rows, chance }: OthersInput): Others => {
  const did: Record<string, number> = {};
  let going = true;
  let calm = false;
  const session = async (): Promise<void> => {
    let db: pg.Client | undefined;
    while (going) {
      try {
        db ??= await connect(url);
        // Rare, since each costs the machine more than all the rest.
        const rare = chance.share() < 0.03;
        const acts: Readonly<Record<string, Act>> = calm
          ? ACTS
          : { ...ACTS, ...GROWTH, ...(rare && UNQUIET) };
        const name = chance.one(Object.keys(acts));
        await acts[name]?.(db, chance, chance.whole(1, Math.round(rows * 1.2)));
        did[name] = (did[name] ?? 0) + 1;
      } catch {
        // The server is away, or the engine's batch held the row for too long: another act, another session.
        await db?.end().catch(() => {});
        db = undefined;
      }
      await delay(PAUSE_MS);
    }
    await db?.end().catch(() => {});
  };
  const sessions = [session(), session()];
  return {
    did,
    calmDown: () => {
      calm = true;
    },
    stop: async () => {
      going = false;
      await Promise.all(sessions);
    },
  };
};

const connect = async (url: string): Promise<pg.Client> => {
  const db = new pg.Client({
    connectionString: url,
    application_name: 'others',
    connectionTimeoutMillis: 2_000,
  });
  db.on('error', () => {});
  await db.connect();
  await db.query("SET lock_timeout = '1s'");
  return db;
};
