// VACUUM of one table, on a connection that nothing else uses and that is thrown away afterwards: it can run in no transaction,
// and takes longer than a batch may. Cancelled by its own process id.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { quote } from '../../adapters/postgres/tables/selection-sql.ts';
import type { OneShotResult, VacuumStep } from '../../domain/jobs/one-shot.ts';

export interface VacuumInput {
  readonly step: VacuumStep;
  readonly table: VacuumStep['tables'][number];
  readonly signal: AbortSignal;
  /** Is told the process that works, for as long as it does. */
  readonly at: (pid: number | undefined) => void;
}

/** Longer than a batch waits for a lock, short enough that nobody queues up behind the vacuum that waits. */
const LOCK_TIMEOUT = '5s';

/** Once its worker is dead, nobody wants to know any more: Postgres ends the statement soon. */
const CONNECTION_CHECKED_EVERY = '5s';

const ignore = (): void => {};

/** Rejects with Postgres' error, 57014 where it was cancelled or took too long. */
export const vacuumTable = async (
  pool: pg.Pool,
  { step, table: { schema, table }, signal, at }: VacuumInput,
): Promise<OneShotResult> => {
  const startedAt = performance.now();
  const warnings: string[] = [];
  const client = await pool.connect();
  client.on('error', ignore);
  client.on('notice', ({ severity, message }) => {
    if (severity === 'WARNING') warnings.push(message ?? 'Postgres warned without words');
  });
  try {
    const { rows } = await client.query(
      `SELECT pg_backend_pid() AS pid, set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false)`,
      [`${Math.ceil(step.timeoutSeconds)}s`, LOCK_TIMEOUT],
    );
    // Not every platform can.
    await client.query(`SET client_connection_check_interval = '${CONNECTION_CHECKED_EVERY}'`).catch(ignore);
    const { pid } = rows[0];
    const cancel = (): void => {
      pool.query('SELECT pg_cancel_backend($1)', [pid]).catch(ignore);
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', cancel, { once: true });
    at(pid);
    const options = [
      'VERBOSE false',
      ...(step.analyze ? ['ANALYZE'] : []),
      ...(step.skipLocked ? ['SKIP_LOCKED'] : []),
    ];
    await client.query(`VACUUM (${options.join(', ')}) ${quote(schema)}.${quote(table)}`).finally(() => {
      signal.removeEventListener('abort', cancel);
      at(undefined);
    });
  } finally {
    client.release(true);
  }
  const ms = Math.round(performance.now() - startedAt);
  return {
    table: `${schema}.${table}`,
    ms,
    ...(warnings.length > 0 && { warning: `vacuum of ${schema}.${table}: ${warnings.join('; ')}` }),
  };
};
