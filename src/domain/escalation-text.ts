// What the Temporal UI says about an escalation in lists.
import type { IncidentState } from './alert.ts';

export const escalationSummary = ({ firing, id }: IncidentState): string =>
  `${firing.severityWord} · ${firing.summary} · ${id}`;
