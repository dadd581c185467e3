// What a wake or a notice says to one target. Pure; channels only put it into their provider's words.
import { sendKey } from '../ids.ts';
import type { IncidentState } from './alert.ts';
import { nextWords } from './escalation.ts';
import { type LadderState, shownSeverity, type Wake } from './ladder.ts';
import type { Notification } from './notification.ts';
import type { PolicySnapshot, Target } from './policy.ts';
import type { Severity } from './severity.ts';

export interface ComposeInput {
  readonly incident: IncidentState;
  readonly policy: PolicySnapshot;
  readonly ladder: LadderState;
  readonly wake: Wake;
  readonly target: Target;
  /** Names of this wake that lead to nobody just now. */
  readonly empty?: readonly string[];
}

/** The message that a wake sends to one target. */
export const composeNotification = ({
  incident,
  policy,
  ladder,
  wake,
  target,
  empty = [],
}: ComposeInput): Notification => ({
  ...common({ incident, policy, ladder, target }, wake.wake),
  tier: wake.tier.name,
  facts: [
    ...incident.firing.facts,
    ...(wake.reason === 'due' ? [] : [['again because', againWords(wake, ladder)] as const]),
    ...(empty.length === 0 ? [] : [['nobody behind', empty.join(', ')] as const]),
  ],
});

const EMPTY = 'nobody-in/';

/** Which tiers had nobody is what whoever is told in their place must know. */
const againWords = ({ reason }: Wake, { marks }: LadderState): string => {
  if (reason !== 'nobody in the tier before') return reason;
  const names = marks.flatMap(({ mark }) => (mark.startsWith(EMPTY) ? mark.slice(EMPTY.length) : []));
  return `${reason}: ${[...new Set(names)].join(', ')}`;
};

interface NoticeInput extends Pick<ComposeInput, 'incident' | 'policy' | 'ladder' | 'target'> {
  readonly status: 'acknowledged' | 'resolved';
  readonly wake: number;
  readonly atMs: number;
}

/** That somebody has it, or that it is over, to one who was told that it fires. */
export const composeNotice = ({ status, wake, atMs, ...input }: NoticeInput): Notification => {
  const { by } = input.ladder;
  const ended = status === 'resolved' && { endedAt: new Date(atMs).toISOString() };
  return {
    ...common(input, wake),
    ...ended,
    status,
    tier: status,
    facts: [...input.incident.firing.facts, ...(by === undefined ? [] : [[`${status} by`, by] as const])],
  };
};

const common = (
  { incident, policy, ladder, target }: Pick<ComposeInput, 'incident' | 'policy' | 'ladder' | 'target'>,
  wake: number,
): Omit<Notification, 'tier' | 'facts'> => {
  const { firing, labels } = incident;
  const severity = shownSeverity(ladder);
  return {
    key: sendKey(incident.id, wake, target.channel, target.address),
    incident: incident.id,
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...members(incident),
    ...(firing.action !== undefined && { action: firing.action }),
    severity,
    severityWord: wordOf(incident, severity),
    alertType: firing.alertType,
    summary: firing.summary,
    since: incident.firstFiredAt,
    next: nextWords(policy, ladder),
    ...(firing.runbook !== undefined && { runbook: firing.runbook }),
    acknowledge: `sexton ack ${incident.number > 0 ? incident.number : incident.id}`,
    payload: { ...firing.payload, ...(policy.degradedRouting && { degraded_routing: true }) },
    degradedRouting: policy.degradedRouting ?? false,
    stateStoreUnreachable: false,
  };
};

/** The pack's own word where it is the pack's own severity; one that a tier raised has the engine's, in its letters. */
const wordOf = ({ firing }: IncidentState, severity: Severity): string => {
  const { severity: observed, severityWord } = firing;
  if (observed === severity) return severityWord;
  return severityWord === severityWord.toUpperCase() ? severity.toUpperCase() : severity;
};

const members = ({ members: group }: IncidentState): Pick<Notification, 'members'> => {
  if (!group) return {};
  const worst = group.worst.map(({ labels, severity, summary }) => {
    const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return `${severity}: ${named.join(' ')}${named.length > 0 ? ' · ' : ''}${summary}`;
  });
  return { members: { firing: group.firing, worst } };
};
