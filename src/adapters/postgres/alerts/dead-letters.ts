// Messages that no channel took. They stay in sight until a person sends them again or puts them aside.
import type { Notification } from '../../../domain/alerts/notification.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';
import { type MessageId, PLACE, placeOf } from './outbox.ts';

export interface DeadLetter extends MessageId {
  readonly incident: string;
  readonly status: NonNullable<Notification['status']>;
  readonly tier: string;
  readonly severity: string;
  readonly summary: string;
  /** Of the incident by now. */
  readonly state: 'open' | 'resolved' | 'closed';
  readonly tries: number;
  readonly error: string;
  readonly diedAt: string;
}

/** Of incidents of every age, newest first; the newest two hundred. */
export const listDeadLetters = async (home: Queryable): Promise<readonly DeadLetter[]> => {
  const { rows } = await home.query(
    `SELECT o.incident::int AS number, i.pack || '/' || i.rule || '/' || i.number AS incident, o.wake, o.channel, o.address,
       o.status, o.tier, i.severity, i.firing ->> 'summary' AS summary, i.state, o.failures AS tries,
       coalesce(o.error, '') AS error, ${isoSql('o.settled_at', 'seconds')} AS "diedAt"
     FROM sexton.outbox o JOIN sexton.incident i ON i.number = o.incident
     WHERE o.state = 'dead' ORDER BY o.settled_at DESC LIMIT 200`,
  );
  return rows;
};

export const isDead = async (home: Queryable, message: MessageId): Promise<boolean> => {
  const { rowCount } = await home.query(
    `SELECT 1 FROM sexton.outbox WHERE ${PLACE} AND state = 'dead'`,
    placeOf(message),
  );
  return rowCount === 1;
};

/** False where it is no dead letter (any more). */
export const dropDeadLetter = async (home: Queryable, message: MessageId, by: string): Promise<boolean> => {
  const { rowCount } = await home.query(
    `UPDATE sexton.outbox SET state = 'dropped', handled_by = $5, handled_at = sexton.now()
     WHERE ${PLACE} AND state = 'dead'`,
    [...placeOf(message), by],
  );
  return rowCount === 1;
};

export interface Revived {
  /** As it was to be sent; missing of a message that died before these were kept. */
  readonly notification: Notification | null;
  readonly dedupKey: string | null;
  readonly openKeys: readonly string[] | null;
  readonly first: boolean;
}

/**
 * Claims a dead letter anew for whoever asked for it, however the incident stands by now; `handle` names the asking, so that
 * the same one may try again.
 */
export const revive = async (
  home: Queryable,
  message: MessageId,
  { by, handle }: { readonly by: string; readonly handle: string },
): Promise<Revived | undefined> => {
  const { rows } = await home.query(
    `UPDATE sexton.outbox o SET state = 'claimed', claims = claims + 1, claimed_at = sexton.now(), claimed_by = $6,
       handled_by = $5, handled_at = sexton.now()
     WHERE ${PLACE} AND (state = 'dead' OR (state = 'claimed' AND claimed_by = $6))
     RETURNING notification, dedup_key AS "dedupKey",
       (SELECT array_agg(k.dedup_key ORDER BY k.wake) FROM sexton.outbox k WHERE k.incident = o.incident AND k.channel = o.channel
         AND k.address = o.address AND k.dedup_key IS NOT NULL) AS "openKeys",
       status = 'firing' AND EXISTS (SELECT 1 FROM sexton.incident i WHERE i.number = o.incident AND i.first_told_at IS NULL) AS first`,
    [...placeOf(message), by, handle],
  );
  return rows[0];
};
