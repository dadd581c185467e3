// One incident in words: what it is, what holds it, its alerts, who was told.
import type { ListedIncident, ListedMessage } from '../../adapters/postgres/alerts/incident-list.ts';
import type { ListedMember } from '../../adapters/postgres/alerts/members.ts';
import type { Note } from '../../domain/alerts/escalation.ts';
import type { Hold } from '../../domain/alerts/hold.ts';

export interface IncidentDetail {
  readonly incident: ListedIncident;
  /** The worst of those that fire first. */
  readonly members: readonly ListedMember[];
  /** What keeps it from waking anybody now. */
  readonly hold: Hold | null;
  readonly messages: readonly ListedMessage[];
  /** What people said with their answers, the oldest first. */
  readonly notes: readonly Note[];
}

const labelsText = (labels: ListedMember['labels']): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ') || 'no labels';

const memberText = ({ severity, labels, since, until }: ListedMember): string =>
  `  ${severity}  ${labelsText(labels)}  since ${since}${until === null ? '' : `, gone ${until}`}`;

const messageText = ({ wake, tier, channel, address, state, at, error }: ListedMessage): string =>
  `  ${at}  wake ${wake}, ${tier} → ${channel}${address === '' ? '' : `:${address}`}: ${state}${error === null ? '' : `, ${error}`}`;

export const incidentText = ({ incident, members, hold, messages, notes }: IncidentDetail): string => {
  const { id, state, severity, summary, firstFiredAt, acknowledgedBy, nextDueAt } = incident;
  const group = incident.members && ` (${incident.members.firing} of ${incident.members.ever} fire)`;
  const until = hold?.until === undefined ? '' : ` until ${hold.until}`;
  return [
    `${id}: ${state}, ${severity}, since ${firstFiredAt}`,
    `  ${summary}`,
    `  has it: ${acknowledgedBy ?? 'nobody'} · next step: ${nextDueAt ?? 'none'}`,
    ...(hold ? [`  held by ${hold.kind}${until}: ${hold.reason}`] : []),
    `alerts${group ?? ''}:`,
    ...members.map(memberText),
    'told:',
    ...(messages.length === 0 ? ['  nobody yet'] : messages.map(messageText)),
    ...(notes.length === 0 ? [] : ['notes:', ...notes.map(({ at, by, text }) => `  ${at}  ${by}: ${text}`)]),
  ].join('\n');
};
