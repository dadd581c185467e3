// What becomes of incidents once alert states are written: the door asks it with what it has seen, reconcile when a
// hold may have ended. Set-based: six thousand alerts are a handful of statements.

import { readHolds } from '../../adapters/postgres/alerts/holds.ts';
import {
  lockIncidents,
  openIncidents,
  readLastIncidents,
  resolveIncidents,
  type StandingIncident,
  setWorkflows,
  tellIncidents,
} from '../../adapters/postgres/alerts/incidents.ts';
import {
  join,
  leave,
  readMembers,
  readTold,
  refreshSeverities,
  type ToldSeries,
  writeHeld,
} from '../../adapters/postgres/alerts/members.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { type RuleSnapshot, WORST_MEMBERS } from '../../domain/alerts/alert.ts';
import {
  type Fate,
  type Fires,
  fateOf,
  type Standing,
  sharedLabels,
  toMember,
  worstFirst,
} from '../../domain/alerts/group.ts';
import type { Hold } from '../../domain/alerts/hold.ts';

export interface SettleInput {
  readonly rule: RuleSnapshot;
  /** Groups of the rule in which something fires or fired. */
  readonly groupKeys: readonly string[];
  /** Whether an alert was told before this look, too; without a look it was. */
  readonly wasTold?: (fingerprint: string) => boolean;
  /** Ladders that ring already, by group key. */
  readonly ringing?: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

interface Settled {
  readonly key: string;
  readonly incident: StandingIncident | undefined;
  readonly fate: Fate;
}

/** The rule must be locked. */
export const settleGroups = async (tx: Queryable, input: SettleInput): Promise<void> => {
  const { rule, groupKeys, nowMs, wasTold = () => true } = input;
  if (groupKeys.length === 0) return;
  const told = await readTold(tx, groupKeys);
  const standing = await standingOf(tx, groupKeys, told);
  const joined = await readMembers(
    tx,
    [...standing.values()].flatMap(({ state, number }) => (state === 'closed' ? [] : [number])),
  );
  const membersOf = (key: string): ReadonlySet<string> =>
    joined.get(standing.get(key)?.number ?? 0) ?? new Set();
  const outside = told.filter(({ groupKey, fingerprint }) => !membersOf(groupKey).has(fingerprint));
  const holds = await readHolds(tx, { alerts: outside, rule, nowMs, opening: true });
  await noteHolds(tx, told, holds);

  const byGroup = new Map<string, Fires[]>(groupKeys.map((key) => [key, []]));
  for (const { groupKey, fingerprint, labels, told: firing } of told) {
    const hold = holds.get(fingerprint);
    byGroup
      .get(groupKey)
      ?.push({ fingerprint, labels, told: firing, wasTold: wasTold(fingerprint), ...(hold && { hold }) });
  }
  const settled = [...byGroup].map(([key, firing]): Settled => {
    const incident = standing.get(key);
    return { key, incident, fate: fateOf(incident && toStanding(incident, membersOf(key), rule), firing) };
  });
  await apply(tx, input, settled);
};

/** The incident of each group that is not closed, or else its last one where somebody fires. */
const standingOf = async (
  tx: Queryable,
  groupKeys: readonly string[],
  told: readonly ToldSeries[],
): Promise<ReadonlyMap<string, StandingIncident>> => {
  const open = await lockIncidents(tx, groupKeys);
  const found = new Map(open.map((incident) => [incident.groupKey, incident]));
  const others = new Set(told.flatMap(({ groupKey }) => (found.has(groupKey) ? [] : [groupKey])));
  const last = others.size > 0 ? await readLastIncidents(tx, [...others]) : [];
  return new Map([...found, ...last.map((incident) => [incident.groupKey, incident] as const)]);
};

const toStanding = (
  { state, severity, resolvedBy, resolvedSecondsAgo }: StandingIncident,
  members: ReadonlySet<string>,
  { reopenAfterSeconds }: RuleSnapshot,
): Standing => ({
  state,
  severity,
  members,
  leftAlone: resolvedBy !== null && (resolvedSecondsAgo ?? 0) < reopenAfterSeconds,
});

const noteHolds = async (
  tx: Queryable,
  told: readonly ToldSeries[],
  holds: ReadonlyMap<string, Hold>,
): Promise<void> => {
  const changed = told.flatMap(({ fingerprint, held }) => {
    const hold = holds.get(fingerprint);
    if (hold?.kind === held?.kind && hold?.reason === held?.reason && hold?.until === held?.until) return [];
    return [{ fingerprint, ...(hold && { hold }) }];
  });
  if (changed.length > 0) await writeHeld(tx, changed);
};

const apply = async (
  tx: Queryable,
  { rule, ringing }: SettleInput,
  settled: readonly Settled[],
): Promise<void> => {
  const words = ({ members }: Fate) => {
    const sorted = worstFirst(members);
    const [worst] = sorted;
    const summary = { firing: sorted.length, worst: sorted.slice(0, WORST_MEMBERS).map(toMember) };
    return worst && { worst, firing: worst.told, ...(rule.groupBy && { members: summary }) };
  };
  const openings = settled.flatMap(({ key, fate }) => {
    const said = fate.becomes === 'open' ? words(fate) : undefined;
    if (!said) return [];
    const { worst, ...rest } = said;
    const workflowId = ringing?.get(key);
    return [
      {
        rule,
        groupKey: key,
        labels: sharedLabels(rule, worst.labels),
        ...rest,
        ...(workflowId && { workflowId }),
      },
    ];
  });
  const numbers = openings.length > 0 ? await openIncidents(tx, openings) : new Map<string, number>();
  const numbered = settled.flatMap(({ key, incident, fate }) => {
    const number = numbers.get(key) ?? (incident?.state === 'closed' ? undefined : incident?.number);
    return number === undefined ? [] : [{ key, number, fate, incident }];
  });

  const joining = numbered.flatMap(({ number, fate }) =>
    fate.joined.map(({ fingerprint, labels, told }) => ({
      incident: number,
      fingerprint,
      labels,
      severity: told.severity,
    })),
  );
  const leaving = numbered.flatMap(({ number, fate }) =>
    fate.left.map((fingerprint) => ({ incident: number, fingerprint })),
  );
  if (joining.length > 0) await join(tx, joining);
  if (leaving.length > 0) await leave(tx, leaving);

  const tellings = numbered.flatMap(({ number, fate }) => {
    if (fate.becomes !== 'tell' && fate.becomes !== 'change' && fate.becomes !== 'reopen') return [];
    const said = words(fate);
    if (!said) return [];
    const { worst: _, ...rest } = said;
    return [{ number, ...rest, changed: fate.becomes !== 'tell' }];
  });
  if (tellings.length > 0) {
    await refreshSeverities(
      tx,
      tellings.map(({ number }) => number),
    );
    await tellIncidents(tx, tellings);
  }
  const resolved = numbered.flatMap(({ number, fate }) => (fate.becomes === 'resolve' ? [number] : []));
  if (resolved.length > 0) await resolveIncidents(tx, resolved);

  const taken = numbered.flatMap(({ key, number, incident, fate }) => {
    const workflowId = ringing?.get(key);
    return workflowId && incident?.handedSeq === 0 && fate.becomes !== 'leave'
      ? [{ number, workflowId }]
      : [];
  });
  if (taken.length > 0) await setWorkflows(tx, taken);
};
