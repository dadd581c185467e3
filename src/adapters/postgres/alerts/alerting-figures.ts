// How well people are told: from the rows that telling them leaves behind, over a time. Exact, and the same for every
// worker; nothing is counted in memory.
import type { Queryable } from '../pool.ts';
import { isAboutTelling, isReal } from './self-sql.ts';

/** Seconds; null where nothing happened in that time. */
export interface Spread {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/** Tries of one channel, by how they ended. */
interface ChannelFigures {
  readonly channel: string;
  readonly sent: number;
  /** Tries that ended in an error, tried again or not. */
  readonly failed: number;
  readonly dead: number;
  readonly withdrawn: number;
  /** Messages that may have arrived twice. */
  readonly possiblyDoubled: number;
}

export interface AlertingFigures {
  /** From the first firing to the first receipt, the first acknowledgement, the end; of incidents that began in the time. */
  readonly notify: Spread;
  readonly acknowledge: Spread;
  readonly resolve: Spread;
  /** Open incidents of a policy that nobody has been told of. */
  readonly untold: number;
  /** Ladders whose next step is late by more than the time allowed, and by how much the worst is. */
  readonly overdue: { readonly count: number; readonly worstSeconds: number };
  /** Messages on their way for longer than any try may take. */
  readonly stuck: number;
  readonly channels: readonly ChannelFigures[];
  /** Every one that nobody has dealt with, however old. */
  readonly deadLetters: number;
}

export interface FiguresInput {
  /** The time that is looked at, up to now. */
  readonly withinSeconds: number;
  /** A step that is late by less is not overdue. Default 120. */
  readonly lateSeconds?: number;
  /** `real` leaves out canaries and Sexton's alerts about the telling itself; `own` counts those alone. Default real. */
  readonly counting?: 'real' | 'own';
}

/** A try of 10 seconds, and what its retry may wait. */
const STUCK_SECONDS = 120;

const spread = (name: string, column: string): string => {
  const seconds = `extract(epoch FROM ${column} - first_fired_at)`;
  const at = (share: number): string =>
    `percentile_cont(${share}) WITHIN GROUP (ORDER BY ${seconds}) FILTER (WHERE ${column} IS NOT NULL)`;
  return `json_build_object('count', count(${column}), 'p50', ${at(0.5)}, 'p95', ${at(0.95)},
    'max', max(${seconds})) AS ${name}`;
};

/** One round trip a part; each is served by an index on the instants that it asks for. */
export const readAlertingFigures = async (
  home: Queryable,
  { withinSeconds, lateSeconds = 120, counting = 'real' }: FiguresInput,
): Promise<AlertingFigures> => {
  const counts = counting === 'real' ? isReal('i') : isAboutTelling('i');
  const ofCounted = `EXISTS (SELECT 1 FROM sexton.incident i WHERE i.number = o.incident AND ${counts})`;
  const times = await home.query(
    `SELECT ${spread('notify', 'first_told_at')}, ${spread('acknowledge', 'acknowledged_at')},
       ${spread('resolve', 'resolved_at')}
     FROM sexton.incident i WHERE first_fired_at > sexton.now() - make_interval(secs => $1) AND ${counts}`,
    [withinSeconds],
  );
  const open = await home.query(
    `SELECT count(*) FILTER (WHERE state = 'open' AND first_told_at IS NULL AND hold IS NULL
         AND rule_snapshot -> 'routes' -> severity IS NOT NULL
         AND first_fired_at < sexton.now() - make_interval(secs => $1))::int AS untold,
       count(*) FILTER (WHERE next_due_at < sexton.now() - make_interval(secs => $1))::int AS count,
       coalesce(max(extract(epoch FROM sexton.now() - next_due_at))
         FILTER (WHERE next_due_at < sexton.now() - make_interval(secs => $1)), 0)::float8 AS "worstSeconds"
     FROM sexton.incident i WHERE state <> 'closed' AND ${counts}`,
    [lateSeconds],
  );
  const channels = await home.query(
    `SELECT channel, count(*) FILTER (WHERE state = 'sent')::int AS sent, sum(failures)::int AS failed,
       count(*) FILTER (WHERE state = 'dead')::int AS dead,
       count(*) FILTER (WHERE state = 'withdrawn')::int AS withdrawn,
       count(*) FILTER (WHERE receipt ->> 'possiblyDoubled' = 'true')::int AS "possiblyDoubled"
     FROM sexton.outbox o WHERE claimed_at > sexton.now() - make_interval(secs => $1) AND ${ofCounted} GROUP BY channel ORDER BY channel`,
    [withinSeconds],
  );
  const now = await home.query(
    `SELECT count(*) FILTER (WHERE state = 'dead')::int AS dead,
       count(*) FILTER (WHERE state = 'claimed' AND claimed_at < sexton.now() - make_interval(secs => $1))::int AS stuck
     FROM sexton.outbox o WHERE state IN ('dead', 'claimed') AND ${ofCounted}`,
    [STUCK_SECONDS],
  );
  const { untold, ...overdue } = open.rows[0];
  const { dead: deadLetters, stuck } = now.rows[0];
  return { ...times.rows[0], untold, overdue, channels: channels.rows, deadLetters, stuck };
};
