// The figures that Sexton's own life is judged by, in one statement that must stay cheap: it is asked every minute,
// and a watchman that is too slow is switched off. It reads what is open, never what is closed.
import { OVERDUE_SECONDS, type Pulse } from '../../../domain/alerts/pulse.ts';
import { CANARY, SELF_PACK } from '../../../domain/alerts/self.ts';
import type { Queryable } from '../pool.ts';
import { isCanary } from './self-sql.ts';

const since = (instant: string): string => `extract(epoch FROM sexton.now() - ${instant})::float8`;

const NEWEST_CANARY = `SELECT json_build_object('opened', ${since('i.first_fired_at')}) AS json
  FROM sexton.incident i WHERE ${isCanary('i')} ORDER BY i.number DESC LIMIT 1`;

const TOLD_CANARY = `SELECT json_build_object('told', ${since('i.first_told_at')},
    'took', extract(epoch FROM i.first_told_at - i.first_fired_at)::float8) AS json
  FROM sexton.incident i WHERE ${isCanary('i')} AND i.first_told_at IS NOT NULL ORDER BY i.number DESC LIMIT 1`;

/** A row that nobody was handed at all waits since it was opened, however often it changed. */
const WAITS = since('CASE WHEN handed_seq = 0 THEN first_fired_at ELSE changed_at END');

const LATE = 'sexton.now() - make_interval(secs => $1)';

/** Of open incidents: a step of the ladder that was not taken, or a ladder that was never begun. */
const NOT_TAKEN = `SELECT i.number, i.pack, i.rule, ${since('CASE WHEN i.last_wake = 0 THEN i.changed_at ELSE i.next_due_at END')} AS late
  FROM sexton.incident i WHERE i.state = 'open' AND NOT ${isCanary('i')} AND (i.next_due_at < ${LATE}
    OR (i.last_wake = 0 AND i.hold IS NULL AND i.changed_at < ${LATE} AND i.rule_snapshot -> 'routes' -> i.severity IS NOT NULL))`;

/** From the few messages that are not settled, so that those which arrived are not read. */
const UNSETTLED = `SELECT incident FROM sexton.outbox WHERE state IN ('dead', 'claimed') AND status = 'firing' AND planned_at < ${LATE}
  UNION SELECT incident FROM sexton.outbox WHERE state = 'planned' AND status = 'firing' AND planned_at < ${LATE}`;

/**
 * Of open incidents that nobody has and nothing holds: the newest wake's messages have all failed, or are still on their
 * way. The log wakes nobody, so it counts only where it is all there is.
 */
const NOT_ARRIVED = `SELECT i.number, i.pack, i.rule, ${since('w.planned')} AS late
  FROM (${UNSETTLED}) u JOIN sexton.incident i ON i.number = u.incident, LATERAL (
    SELECT min(o.planned_at) AS planned, bool_and(o.state IN ('withdrawn', 'dropped'))
      OR bool_or(o.state = 'sent' AND o.channel <> 'log') OR (bool_and(o.channel = 'log') AND bool_or(o.state = 'sent')) AS told
    FROM sexton.outbox o WHERE o.incident = i.number AND o.status = 'firing' AND o.wake =
      (SELECT max(n.wake) FROM sexton.outbox n WHERE n.incident = i.number AND n.status = 'firing')) w
  WHERE i.state = 'open' AND i.acknowledged_by IS NULL AND i.hold IS NULL AND NOT ${isCanary('i')}
    AND NOT w.told AND w.planned < ${LATE}`;

/** `home` should be a connection that nobody else waits for. */
export const readPulse = async (home: Queryable): Promise<Pulse> => {
  const { rows } = await home.query(
    `WITH late AS (SELECT number, pack, rule, max(late) AS late FROM (${NOT_TAKEN} UNION ALL ${NOT_ARRIVED}) l
       GROUP BY number, pack, rule)
     SELECT json_build_object(
       'canary', jsonb_build_object('evaluated', (SELECT ${since('evaluated_at')} FROM sexton.evaluation
           WHERE pack = '${SELF_PACK}' AND monitor = '${CANARY.monitor}'), 'opened', null, 'told', null, 'took', null,
           'open', (SELECT max(${since('i.first_fired_at')}) FROM sexton.incident i
             WHERE ${isCanary('i')} AND i.state <> 'closed'))
         || coalesce((${NEWEST_CANARY})::jsonb, '{}') || coalesce((${TOLD_CANARY})::jsonb, '{}'),
       'backlog', (SELECT json_build_object('waiting', count(*), 'oldest', coalesce(max(${WAITS}), 0))
         FROM sexton.incident WHERE state <> 'closed' AND seq > handed_seq),
       'untold', (SELECT json_build_object('count', count(*), 'oldest', coalesce(max(late), 0),
         'incident', (array_agg(pack || '/' || rule || '/' || number ORDER BY late DESC))[1]) FROM late),
       'ticks', (SELECT coalesce(json_object_agg(pack || '/monitor/' || monitor, ${since('tick')}), '{}')
         FROM sexton.evaluation)) AS pulse`,
    [OVERDUE_SECONDS],
  );
  return rows[0].pulse;
};
