// Which key a message has at a provider that folds by key, and which keys of an incident may still be open there.
import { providerKey } from '../../../domain/alerts/provider-key.ts';
import type { Queryable } from '../pool.ts';
import type { MessageId } from './outbox.ts';

/**
 * Chooses the key of a message that has none yet. One at a time for each base and address: two that saw no other would
 * both take the base, and the second would notify nobody.
 */
export const chooseKey = async (tx: Queryable, message: MessageId, base: string): Promise<string> => {
  const { number, wake, channel, address } = message;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    `sexton.outbox|${channel}|${address}|${base}`,
  ]);
  const { rows } = await tx.query(
    `SELECT
       EXISTS (SELECT 1 FROM sexton.outbox o WHERE o.incident = $1 AND o.channel = $2 AND o.address = $3
         AND o.dedup_key IS NOT NULL AND o.wake <> $4) AS later,
       EXISTS (SELECT 1 FROM sexton.outbox o WHERE o.channel = $2 AND o.address = $3 AND o.dedup_key = $5
         AND o.incident <> $1 AND o.status = 'firing' AND NOT EXISTS (
           SELECT 1 FROM sexton.outbox r WHERE r.incident = o.incident AND r.channel = $2 AND r.address = $3
             AND r.status = 'resolved' AND r.state = 'sent' AND r.wake > o.wake)) AS taken`,
    [number, channel, address, wake, base],
  );
  return providerKey({ base, number, wake, ...rows[0] });
};

/** Every key that the incident has used at this address, oldest first. */
export const readKeys = async (
  tx: Queryable,
  { number, channel, address }: MessageId,
): Promise<readonly string[]> => {
  const { rows } = await tx.query(
    `SELECT dedup_key AS key FROM sexton.outbox WHERE incident = $1 AND channel = $2 AND address = $3
       AND status = 'firing' AND dedup_key IS NOT NULL ORDER BY wake`,
    [number, channel, address],
  );
  return rows.map(({ key }) => key);
};
