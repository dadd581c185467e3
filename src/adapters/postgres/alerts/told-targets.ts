// Who was told of an incident, as the rows have it: whom a notice goes to, and what an execution that is gone had begun.
import type { Notification } from '../../../domain/alerts/notification.ts';
import type { Target } from '../../../domain/alerts/policy.ts';
import type { Queryable } from '../pool.ts';

/**
 * Targets that were told that it fires and, of its end, not since then. A provider that folds by key and may have the
 * page counts too: its alert must not stay open.
 */
export const readTold = async (
  db: Queryable,
  number: number,
  status: 'acknowledged' | 'resolved',
): Promise<readonly Target[]> => {
  const { rows } = await db.query(
    `SELECT channel, address FROM sexton.outbox p WHERE incident = $1 AND status = 'firing'
       AND (state = 'sent' OR (dedup_key IS NOT NULL AND state IN ('claimed', 'dead')))
       AND NOT EXISTS (SELECT 1 FROM sexton.outbox r WHERE r.incident = p.incident AND r.channel = p.channel
         AND r.address = p.address AND r.status = 'resolved' AND $2 = 'resolved' AND r.wake > p.wake
         AND r.state <> 'withdrawn')
     GROUP BY channel, address ORDER BY min(wake), channel, address`,
    [number, status],
  );
  return rows;
};

/** A message that was begun and has no outcome. */
export interface Unsent extends Target {
  readonly wake: number;
  readonly tier: string;
  readonly status: NonNullable<Notification['status']>;
}

export const readUnsent = async (db: Queryable, number: number): Promise<readonly Unsent[]> => {
  const { rows } = await db.query(
    `SELECT wake, tier, status, channel, address FROM sexton.outbox
     WHERE incident = $1 AND state IN ('planned', 'claimed') ORDER BY wake, channel, address`,
    [number],
  );
  return rows;
};
