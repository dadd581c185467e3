// How many messages a second a target takes, shared by all workers through one row a target. Urgent ones have a line
// of their own, and while somebody stands in it the others give way.
import type { Queryable } from '../pool.ts';

export interface Rate {
  /** Whose row it is: a target, or a channel as a whole. */
  readonly target: string;
  readonly perSecond: number;
  readonly urgent: boolean;
}

/** `go`, or how long to wait; `turn` says that a place in the line was given for then. */
export type Turn = 'go' | { readonly waitMs: number; readonly turn: boolean };

/** Nobody is sent away for longer: a line that is longer is joined again then. */
const LONGEST_SECONDS = 60;

/** An instant farther away than anything here writes: the clock was moved back, so it means nothing. */
const stale = (column: string): string =>
  `${column} > sexton.now() + make_interval(secs => ${2 * LONGEST_SECONDS})`;
const passed = (column: string): string => `(${column} <= sexton.now() OR ${stale(column)})`;
const untilMs = (column: string): string =>
  `greatest(0, extract(epoch FROM ${column} - sexton.now()) * 1000)::float8`;
const known = (column: string): string =>
  `CASE WHEN ${stale(column)} THEN sexton.now() ELSE greatest(${column}, sexton.now()) END`;

/** Takes the next free instant if it is there; `inTurn` keeps a place in the line that has come up. */
export const takeTurn = async (
  tx: Queryable,
  { target, perSecond, urgent }: Rate,
  inTurn: boolean,
): Promise<Turn> => {
  const seconds = 1 / perSecond;
  await tx.query('INSERT INTO sexton.send_rate (target) VALUES ($1) ON CONFLICT DO NOTHING', [target]);
  const { rowCount } = await tx.query(
    `UPDATE sexton.send_rate SET free_at = sexton.now() + make_interval(secs => $2::float8)
     WHERE target = $1 AND ${passed('free_at')} AND ($3 OR ${passed('urgent_until')})`,
    [target, seconds, urgent],
  );
  if (rowCount === 1) return 'go';
  if (inTurn) {
    const gate = urgent ? 'free_at' : 'greatest(free_at, urgent_until)';
    const { rows } = await tx.query(
      `SELECT ${untilMs(gate)} AS "waitMs" FROM sexton.send_rate WHERE target = $1`,
      [target],
    );
    return { waitMs: Math.min(rows[0].waitMs, LONGEST_SECONDS * 1000), turn: true };
  }
  const line = urgent ? 'urgent_until' : 'line_until';
  const ahead = urgent ? ['urgent_until', 'free_at'] : ['line_until', 'urgent_until', 'free_at'];
  const end = `greatest(${ahead.map(known).join(', ')})`;
  const { rows } = await tx.query(
    `UPDATE sexton.send_rate
       SET ${line} = least(${end}, sexton.now() + make_interval(secs => ${LONGEST_SECONDS})) + make_interval(secs => $2::float8)
     WHERE target = $1 RETURNING ${untilMs(line)} - $2::float8 * 1000 AS "waitMs"`,
    [target, seconds],
  );
  const { waitMs } = rows[0];
  return { waitMs: Math.max(1, waitMs), turn: waitMs < LONGEST_SECONDS * 1000 };
};
