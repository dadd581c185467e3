// Which incident an alert belongs to, and what becomes of a group's incident when its members change. Pure: the door
// asks it, and reconcile when a hold has ended.
import { fingerprint } from '../ids.ts';
import type { Firing, Member, RuleSnapshot } from './alert.ts';
import type { Hold } from './hold.ts';
import { SEVERITIES, type Severity } from './severity.ts';

type Labels = Readonly<Record<string, string>>;

/** The labels that all alerts of a group share. */
export const sharedLabels = ({ groupBy }: Pick<RuleSnapshot, 'groupBy'>, labels: Labels): Labels =>
  groupBy === undefined
    ? labels
    : Object.fromEntries(
        groupBy.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])),
      );

/** Rule and shared labels; without groups that is the fingerprint. */
export const groupKey = (rule: Pick<RuleSnapshot, 'pack' | 'name' | 'groupBy'>, labels: Labels): string =>
  fingerprint(rule.pack, rule.name, sharedLabels(rule, labels));

/** An alert that fires, as its group looks at it. */
export interface Fires {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly told: Firing;
  /** It has not been fine since it was last looked at, so it is no news. */
  readonly wasTold: boolean;
  /** What keeps it from joining. */
  readonly hold?: Hold;
}

/** The group's incident that is not closed, or the last one that is. */
export interface Standing {
  readonly state: 'open' | 'resolved' | 'closed';
  readonly severity: Severity;
  /** Fingerprints that have joined it and not left. */
  readonly members: ReadonlySet<string>;
  /** A person resolved it so recently that what had not gone away is left alone. */
  readonly leftAlone: boolean;
}

export interface Fate {
  /** `tell`: its words may be new; `change`: its escalation must hear of it. */
  readonly becomes: 'open' | 'reopen' | 'change' | 'tell' | 'resolve' | 'leave';
  readonly members: readonly Fires[];
  readonly joined: readonly Fires[];
  readonly left: readonly string[];
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** The worst first; of equals in a fixed order, so that the words of an incident do not jump. */
export const worstFirst = (members: readonly Fires[]): readonly Fires[] =>
  members.toSorted(
    (a, b) =>
      rank(b.told.severity) - rank(a.told.severity) ||
      (a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0),
  );

/** However many come and go in one look, it is one change. */
export const fateOf = (standing: Standing | undefined, firing: readonly Fires[]): Fate => {
  const ready = firing.filter(({ hold }) => !hold);
  if (standing?.state === 'open') return openFate(standing, firing);
  const left = goneFrom(standing, firing);
  const leave: Fate = { becomes: 'leave', members: [], joined: [], left };
  if (ready.length === 0) return leave;
  if (standing?.leftAlone && ready.every(({ wasTold }) => wasTold)) return leave;
  if (standing?.state === 'resolved') {
    const joined = ready.filter(({ fingerprint: key }) => !standing.members.has(key));
    const members = firing.filter(({ fingerprint: key, hold }) => !hold || standing.members.has(key));
    return { becomes: 'reopen', members, joined, left };
  }
  return { becomes: 'open', members: ready, joined: ready, left: [] };
};

const goneFrom = (standing: Standing | undefined, firing: readonly Fires[]): readonly string[] => {
  const still = new Set(firing.map(({ fingerprint: key }) => key));
  return [...(standing?.members ?? [])].filter((key) => !still.has(key));
};

/** Who has joined stays while it fires, held or not: a hold keeps from joining and from waking, and ends nothing. */
const openFate = (standing: Standing, firing: readonly Fires[]): Fate => {
  const members = firing.filter(({ fingerprint: key, hold }) => !hold || standing.members.has(key));
  const joined = members.filter(({ fingerprint: key }) => !standing.members.has(key));
  const left = goneFrom(standing, firing);
  const [worst] = worstFirst(members);
  if (!worst) return { becomes: 'resolve', members, joined, left };
  const changed = joined.length > 0 || left.length > 0 || worst.told.severity !== standing.severity;
  return { becomes: changed ? 'change' : 'tell', members, joined, left };
};

/** As it crosses into messages. */
export const toMember = ({ labels, told }: Fires): Member => ({
  labels,
  severity: told.severity,
  summary: told.summary,
});
