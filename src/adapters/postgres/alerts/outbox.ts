// The rows of what escalations send. A claim and an answer meet on the incident row: whichever commits first decides,
// so no page follows an acknowledgement. A claim without a receipt means: on its way, or nobody knows.
import type { Notification, Receipt } from '../../../domain/alerts/notification.ts';
import type { Target } from '../../../domain/alerts/policy.ts';
import type { Queryable } from '../pool.ts';
import { chooseKey, readKeys } from './provider-keys.ts';
import { type Rate, takeTurn } from './send-rate.ts';

/** What tells one message from every other. */
export interface MessageId {
  readonly number: number;
  readonly wake: number;
  readonly channel: string;
  readonly address: string;
}

export interface ClaimInput extends MessageId {
  readonly tier: string;
  readonly key: string;
  readonly at: string;
  /** Default `firing`. */
  readonly status?: Notification['status'];
  /** The escalation's execution; another one's fresh claim is waited for. */
  readonly run?: string;
  /** Everybody whom the wake names: those who are not claimed yet are written down with the first. */
  readonly plan?: readonly Target[];
  /** Only where the provider folds by key: what its keys are made of. */
  readonly baseKey?: string;
  readonly rate?: Rate;
  /** A message that an earlier execution had begun; that it is settled says nothing against it. */
  readonly resumed?: boolean;
}

/** What a message that may go out is told on its way. */
export interface Claimed {
  readonly may: 'send';
  /** An earlier try claimed it and left no receipt, so the provider may have the message already. */
  readonly again: boolean;
  /** Tries that have failed so far. */
  readonly failures: number;
  readonly ageSeconds: number;
  readonly dedupKey?: string;
  readonly openKeys?: readonly string[];
  /** The provider's id of the incident's first message to this target. */
  readonly thread?: string;
  /** Nobody has been told of this incident yet. */
  readonly first: boolean;
}

/** `overtaken`: the number belongs to a message of another execution. */
export type ClaimResult =
  | Claimed
  | { readonly may: 'wait'; readonly waitMs: number; readonly ageSeconds: number }
  | { readonly may: 'settled' | 'dead' | 'withdrawn' | 'overtaken' };

/** As long as one try of another execution may still be under way: its time limit, and some for the row. */
const FRESH_MS = 12_000;

/** Finds one message's row, with the values of `placeOf`. */
export const PLACE = 'incident = $1 AND wake = $2 AND channel = $3 AND address = $4';
export const placeOf = ({ number, wake, channel, address }: MessageId): unknown[] => [
  number,
  wake,
  channel,
  address,
];

interface Standing {
  readonly state: 'planned' | 'claimed' | 'sent' | 'dead' | 'withdrawn' | 'dropped';
  readonly failures: number;
  readonly run: string | null;
  readonly inTurn: boolean;
  readonly key: string | null;
  readonly ageSeconds: number;
  readonly claimAgeMs: number;
}

const readStanding = async (tx: Queryable, input: MessageId): Promise<Standing | undefined> => {
  const { rows } = await tx.query(
    `SELECT state, failures, claimed_by AS run, turn_at IS NOT NULL AND turn_at <= sexton.now() AS "inTurn",
       dedup_key AS key, extract(epoch FROM sexton.now() - planned_at)::float8 AS "ageSeconds",
       (extract(epoch FROM sexton.now() - claimed_at) * 1000)::float8 AS "claimAgeMs"
     FROM sexton.outbox WHERE ${PLACE} FOR UPDATE`,
    placeOf(input),
  );
  return rows[0];
};

/** A page needs an open incident; that somebody has it, one too; that it is over, one that is over. */
const ALLOWED = `CASE $3::text WHEN 'firing' THEN state = 'open' AND withdrawn_wake < $2
  WHEN 'acknowledged' THEN state = 'open' ELSE state <> 'open' OR ladder ->> 'status' = 'resolved' END`;

/** Claims one message, inside a transaction that holds the incident row against answers. */
export const claim = async (tx: Queryable, input: ClaimInput): Promise<ClaimResult> => {
  const { number, wake, status = 'firing', run } = input;
  const { rows } = await tx.query(
    `SELECT ${ALLOWED} AS allowed, ladder ->> 'run' AS run, first_told_at IS NULL AS first
     FROM sexton.incident WHERE number = $1 FOR SHARE`,
    [number, wake, status],
  );
  const incident: { allowed: boolean; run: string | null; first: boolean } | undefined = rows[0];
  const standing = await readStanding(tx, input);
  const others = run !== undefined && !input.resumed;
  // The row has been written by another execution since: this one is gone, or began from an older state.
  if (others && incident && incident.run !== run) return { may: 'overtaken' };
  const ended = endedAs(standing);
  if (ended) {
    const foreign = others && standing?.run !== null && standing?.run !== run;
    return { may: foreign ? 'overtaken' : ended };
  }
  // What was claimed before the acknowledgement was named in its answer; it is not sent a second time either.
  if (!incident?.allowed) {
    await tx.query(`UPDATE sexton.outbox SET state = 'withdrawn' WHERE ${PLACE} AND state = 'planned'`, [
      ...placeOf(input),
    ]);
    return { may: 'withdrawn' };
  }
  const ageSeconds = standing?.ageSeconds ?? 0;
  const theirs = standing?.state === 'claimed' && run !== undefined && standing.run !== run;
  if (theirs && standing.claimAgeMs >= 0 && standing.claimAgeMs < FRESH_MS)
    return { may: 'wait', waitMs: FRESH_MS - standing.claimAgeMs, ageSeconds };
  if (!standing && (input.plan?.length ?? 0) > 1) await plan(tx, input);
  const turn = input.rate ? await takeTurn(tx, input.rate, standing?.inTurn ?? false) : 'go';
  if (turn !== 'go') {
    await keepTurn(tx, input, turn.turn ? turn.waitMs : undefined);
    return { may: 'wait', waitMs: turn.waitMs, ageSeconds };
  }
  return {
    may: 'send',
    again: standing?.state === 'claimed',
    failures: standing?.failures ?? 0,
    ageSeconds,
    first: incident.first,
    ...(await putClaim(tx, input, standing)),
  };
};

const endedAs = (standing: Standing | undefined): 'settled' | 'dead' | 'withdrawn' | undefined => {
  if (standing?.state === 'sent' || standing?.state === 'dropped') return 'settled';
  return standing?.state === 'dead' || standing?.state === 'withdrawn' ? standing.state : undefined;
};

const PLAN = `INSERT INTO sexton.outbox AS o (incident, wake, channel, address, tier, key, at, status, state, claims)`;

/** Whoever starts this escalation again must know whom its last wake named. */
const plan = async (
  tx: Queryable,
  { number, wake, tier, at, status = 'firing', plan: all = [] }: ClaimInput,
) => {
  const others = all.map(({ channel, address }) => ({ channel, address }));
  await tx.query(
    `${PLAN} SELECT $1, $2, t.channel, t.address, $3, '', $4, $5, 'planned', 0
     FROM jsonb_to_recordset($6::jsonb) AS t (channel text, address text) ON CONFLICT DO NOTHING`,
    [number, wake, tier, at, status, JSON.stringify(others)],
  );
};

const keepTurn = async (tx: Queryable, input: ClaimInput, waitMs: number | undefined): Promise<void> => {
  const { tier, key, at, status = 'firing' } = input;
  await tx.query(
    `${PLAN} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', 0)
     ON CONFLICT (incident, wake, channel, address) DO UPDATE SET key = EXCLUDED.key`,
    [...placeOf(input), tier, key, at, status],
  );
  await tx.query(
    `UPDATE sexton.outbox SET turn_at = sexton.now() + make_interval(secs => $5) WHERE ${PLACE}`,
    [...placeOf(input), waitMs === undefined ? null : waitMs / 1000],
  );
};

const putClaim = async (
  tx: Queryable,
  input: ClaimInput,
  standing: Standing | undefined,
): Promise<Pick<Claimed, 'dedupKey' | 'openKeys' | 'thread'>> => {
  const { wake, tier, key, at, status = 'firing', run = null, baseKey } = input;
  const folds = baseKey !== undefined;
  const trigger = folds && status === 'firing';
  const dedupKey = trigger ? (standing?.key ?? (await chooseKey(tx, input, baseKey))) : undefined;
  await tx.query(
    `INSERT INTO sexton.outbox AS o (incident, wake, channel, address, tier, key, at, status, claimed_by, dedup_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (incident, wake, channel, address) DO UPDATE SET state = 'claimed', claims = o.claims + 1,
       claimed_at = sexton.now(), key = EXCLUDED.key, claimed_by = EXCLUDED.claimed_by, dedup_key = EXCLUDED.dedup_key`,
    [...placeOf(input), tier, key, at, status, run, dedupKey ?? null],
  );
  const openKeys = folds ? await readKeys(tx, input) : [];
  const thread = wake > 1 ? await readThread(tx, input) : undefined;
  return {
    ...(dedupKey !== undefined && { dedupKey }),
    ...(openKeys.length > 0 && { openKeys }),
    ...(thread !== undefined && { thread }),
  };
};

const readThread = async (
  tx: Queryable,
  { number, channel, address }: MessageId,
): Promise<string | undefined> => {
  const { rows } = await tx.query(
    `SELECT receipt ->> 'id' AS id FROM sexton.outbox
     WHERE incident = $1 AND channel = $2 AND address = $3 AND receipt ? 'id' ORDER BY wake LIMIT 1`,
    [number, channel, address],
  );
  return rows[0]?.id;
};

/** After a try that failed: `clear` where the message certainly did not go out, so that the next one is asked for its right anew. */
export const putBack = async (
  db: Queryable,
  input: MessageId,
  { clear, error }: { readonly clear: boolean; readonly error: string },
): Promise<void> => {
  await db.query(
    `UPDATE sexton.outbox SET failures = failures + 1, last_error = $6, turn_at = NULL,
       claims = claims - CASE WHEN $5 THEN 1 ELSE 0 END, state = CASE WHEN $5 THEN 'planned' ELSE state END
     WHERE ${PLACE} AND state = 'claimed'`,
    [...placeOf(input), clear, error],
  );
};

export type Settlement =
  | { readonly state: 'sent'; readonly receipt: Receipt; readonly first: boolean }
  | { readonly state: 'dead'; readonly error: string; readonly notification: Notification };

export const settle = async (db: Queryable, input: MessageId, settlement: Settlement): Promise<void> => {
  const sent = settlement.state === 'sent';
  await db.query(
    `UPDATE sexton.outbox SET state = $5, receipt = $6, error = $7, notification = $8, settled_at = sexton.now(),
       failures = failures + CASE WHEN $5 = 'dead' THEN 1 ELSE 0 END
     WHERE ${PLACE} AND state <> 'sent'`,
    [
      ...placeOf(input),
      settlement.state,
      sent ? JSON.stringify(settlement.receipt) : null,
      sent ? null : settlement.error,
      sent ? null : JSON.stringify(settlement.notification),
    ],
  );
  if (!sent || !settlement.first) return;
  await db.query(
    'UPDATE sexton.incident SET first_told_at = sexton.now() WHERE number = $1 AND first_told_at IS NULL',
    [input.number],
  );
};
