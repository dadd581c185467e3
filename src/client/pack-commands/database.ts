// A database as a pack's command reaches it: it reads, or it changes something and says so in the audit log.
import type pg from 'pg';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import type { AuditRow, CommandDatabase } from '../../catalog/define/commands.ts';

/** What stands in every audit row of a command. */
export interface Asker {
  readonly pack: string;
  /** As it was typed: `mrq assign`. */
  readonly command: string;
  readonly by: string;
  readonly audited: boolean;
}

interface Reached {
  readonly pool: pg.Pool;
  readonly asker: Asker;
  /** Sexton's own has no audit log. */
  readonly isHome: boolean;
}

type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

const queryOf =
  (client: pg.ClientBase): Query =>
  async (sql, values = []) =>
    (await client.query(sql, [...values])).rows;

/** Takes back what was done, and hands the result on. */
class TakenBack<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('taken back');
    this.result = result;
  }
}

const takingBack = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TakenBack) return (error as TakenBack<T>).result;
    throw error;
  }
};

const writeAudit = async (
  client: pg.ClientBase,
  { pack, command, by }: Asker,
  { action, resourceType, metadata }: AuditRow,
): Promise<void> => {
  await client.query(
    `INSERT INTO sexton.audit_log (actor, action, resource_type, pack, metadata) VALUES ($1, $2, $3, $4, $5)`,
    [
      `operator:${by}`,
      action,
      resourceType,
      pack,
      JSON.stringify({ by, command: `${pack} ${command}`, ...metadata }),
    ],
  );
};

/** Whether the transaction changed anything, and whether a row of the audit log tells of it, whoever wrote that row. */
const whatBecame = async (
  client: pg.ClientBase,
): Promise<{ readonly changed: boolean; readonly told: boolean }> => {
  const { rows } = await client.query(
    `SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS changed,
       coalesce(pg_stat_get_xact_tuples_inserted(to_regclass('sexton.audit_log')), 0) > 0 AS told`,
  );
  return rows[0];
};

const isRefusal = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'refused' in result;

export const commandDatabase = ({ pool, asker, isHome }: Reached): CommandDatabase => ({
  query: (sql, values) =>
    inTransaction(pool, async (client) => {
      await client.query('SET TRANSACTION READ ONLY');
      return queryOf(client)(sql, values);
    }),
  transaction: (work) =>
    takingBack(async () => {
      const { pack, command, audited } = asker;
      if (!audited || isHome)
        throw new Error(
          `${pack} ${command} may not change ${isHome ? "Sexton's own database" : 'anything: it is not audited'}`,
        );
      return inTransaction(pool, async (client) => {
        const result = await work({
          query: queryOf(client),
          audit: (row) => writeAudit(client, asker, row),
        });
        const { changed, told } = await whatBecame(client);
        if (told || !changed) return result;
        if (isRefusal(result)) throw new TakenBack(result);
        throw new Error(
          `${pack} ${command} changed something and wrote no row into the audit log, so it was taken back`,
        );
      });
    }),
  rehearse: (work) =>
    takingBack(() =>
      inTransaction(pool, async (client) => {
        throw new TakenBack(await work({ query: queryOf(client) }));
      }),
    ),
});
