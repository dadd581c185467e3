// What holds alerts that fire: silences, recurring windows, inhibition. Asked when an incident would open and at each
// wake; it changes no alert's state, only what follows from it.
import type { RuleSnapshot } from '../../../domain/alerts/alert.ts';
import { causesAmong, GROUP_WAIT_SECONDS, type Hold, holdOfAll } from '../../../domain/alerts/hold.ts';
import {
  secondsUntilClosed,
  secondsUntilOpen,
  type WorkWindow,
  windowWords,
} from '../../../domain/work-windows.ts';
import type { Queryable } from '../pool.ts';
import type { RuleName } from './alert-states.ts';
import { readToldMembers, type ToldSeries } from './members.ts';
import { ACTIVE, readSilenced } from './silences.ts';

interface HoldsInput {
  /** All of one rule. */
  readonly alerts: readonly ToldSeries[];
  readonly rule: RuleSnapshot;
  readonly nowMs: number;
  /** An alert that would open: it waits for its cause. */
  readonly opening: boolean;
}

/** By fingerprint; those that nothing holds are not in it. */
export const readHolds = async (db: Queryable, input: HoldsInput): Promise<ReadonlyMap<string, Hold>> => {
  const { alerts, rule, nowMs } = input;
  if (alerts.length === 0) return new Map();
  const window = windowHold(rule.windows ?? [], nowMs);
  if (window) return new Map(alerts.map(({ fingerprint }) => [fingerprint, window]));
  return new Map([...(await inhibitions(db, input)), ...(await silenced(db, alerts))]);
};

/** Windows that follow one another without end in sight have none. */
const AHEAD_SECONDS = 7 * 86_400;

const windowHold = (windows: readonly WorkWindow[], nowMs: number): Hold | undefined => {
  const within = windows.find((window) => secondsUntilOpen([window], nowMs, 0) === 0);
  if (!within) return undefined;
  const seconds = secondsUntilClosed(windows, nowMs, AHEAD_SECONDS);
  const until = seconds === undefined ? {} : { until: new Date(nowMs + seconds * 1000).toISOString() };
  return { kind: 'window', reason: `window of its rule, ${windowWords(within)}`, ...until };
};

const silenced = async (db: Queryable, alerts: readonly ToldSeries[]): Promise<ReadonlyMap<string, Hold>> => {
  const found = await readSilenced(db, alerts);
  return new Map(
    [...found].map(([{ fingerprint }, { id, author, comment, endsAt }]) => [
      fingerprint,
      { kind: 'silence', reason: `silence ${id} by ${author}: ${comment}`, until: endsAt },
    ]),
  );
};

const inhibitions = async (
  db: Queryable,
  { alerts, rule, nowMs, opening }: HoldsInput,
): Promise<ReadonlyMap<string, Hold>> => {
  const { inhibitedBy = [], groupWaitSeconds = GROUP_WAIT_SECONDS } = rule;
  if (inhibitedBy.length === 0) return new Map();
  const { rows } = await db.query(
    `SELECT rule, labels FROM sexton.alert_state WHERE pack = $1 AND rule = ANY($2) AND state <> 'inactive' AND firing IS NOT NULL`,
    [rule.pack, inhibitedBy.map((each) => each.rule)],
  );
  const causeOf = causesAmong(rows, inhibitedBy);
  const held = new Map<string, Hold>();
  for (const alert of alerts) {
    const cause = causeOf(alert);
    const waits = groupWaitSeconds - alert.toldSeconds;
    if (cause)
      held.set(alert.fingerprint, { kind: 'inhibition', reason: `${cause.rule} fires and explains it` });
    else if (opening && waits > 0) {
      const until = new Date(nowMs + waits * 1000).toISOString();
      held.set(alert.fingerprint, {
        kind: 'inhibition',
        reason: `waits ${groupWaitSeconds} s for its cause`,
        until,
      });
    }
  }
  return held;
};

interface HeldIncident {
  readonly number: number;
  readonly rule: RuleSnapshot;
  readonly hold: Hold | null;
}

/** What holds each of these incidents: all of its members that fire must be held. */
const holdsOf = async (
  db: Queryable,
  incidents: readonly HeldIncident[],
  nowMs: number,
): Promise<ReadonlyMap<number, Hold>> => {
  const members = await readToldMembers(
    db,
    incidents.map(({ number }) => number),
  );
  const found = new Map<number, Hold>();
  for (const [, { rule }] of new Map(incidents.map((each) => [nameOf(each.rule), each]))) {
    const numbers = new Set(
      incidents.filter((each) => nameOf(each.rule) === nameOf(rule)).map(({ number }) => number),
    );
    const alerts = members.filter(({ incident }) => numbers.has(incident));
    const holds = await readHolds(db, { alerts, rule, nowMs, opening: false });
    const byIncident = new Map<number, (Hold | undefined)[]>();
    for (const { incident, fingerprint } of alerts) {
      const own = byIncident.get(incident) ?? [];
      own.push(holds.get(fingerprint));
      byIncident.set(incident, own);
    }
    for (const [number, own] of byIncident) {
      const hold = holdOfAll(own);
      if (hold) found.set(number, hold);
    }
  }
  return found;
};

const nameOf = ({ pack, name }: RuleSnapshot): string => `${pack}/${name}`;

const INCIDENT = `number::int, rule_snapshot AS rule, hold, extract(epoch FROM sexton.now())::float8 * 1000 AS "nowMs"`;

/** What keeps the incident from waking anybody now; the second is what had done so at its last wake. */
export const readHolding = async (
  home: Queryable,
  number: number,
): Promise<{ readonly now?: Hold; readonly before?: Hold }> => {
  const { rows } = await home.query(
    `SELECT ${INCIDENT}, EXISTS (SELECT 1 FROM sexton.silence WHERE ${ACTIVE}) OR rule_snapshot ?| '{windows,inhibitedBy}'
       AS "mayBe" FROM sexton.incident WHERE number = $1`,
    [number],
  );
  const [incident] = rows;
  if (!incident) return {};
  const now = incident.mayBe ? (await holdsOf(home, [incident], incident.nowMs)).get(number) : undefined;
  return { ...(now && { now }), ...(incident.hold && { before: incident.hold }) };
};

/**
 * As an escalation asks at each wake: the answer is written down beside the incident, so that it is told when the hold
 * ends before it asks again.
 */
export const readHold = async (home: Queryable, number: number): Promise<Hold | undefined> => {
  const { now, before } = await readHolding(home, number);
  if (now || before) {
    await home.query('UPDATE sexton.incident SET hold = $2 WHERE number = $1 AND hold IS DISTINCT FROM $2', [
      number,
      now ? JSON.stringify(now) : null,
    ]);
  }
  return now;
};

/** Rules with open incidents whose last wake was held and whose hold has ended: each has news for its escalation now. */
export const endHolds = async (home: Queryable): Promise<readonly RuleName[]> => {
  const { rows } = await home.query(
    `SELECT ${INCIDENT} FROM sexton.incident WHERE hold IS NOT NULL AND state = 'open' ORDER BY number`,
  );
  const [first] = rows;
  if (!first) return [];
  const held = await holdsOf(home, rows, first.nowMs);
  const ended = await home.query(
    `UPDATE sexton.incident SET hold = NULL, seq = seq + 1, changed_at = sexton.now()
     WHERE number = ANY($1) AND hold IS NOT NULL AND state = 'open' RETURNING pack, rule`,
    [rows.filter(({ number }) => !held.has(number)).map(({ number }) => number)],
  );
  return ended.rows;
};
