// What the Temporal UI says about an escalation before it has told anybody: in lists, and as its plan.
import type { IncidentState } from './alert.ts';
import type { LadderState } from './ladder.ts';
import { ladderText } from './ladder-text.ts';

export const escalationSummary = ({ firing, id }: IncidentState): string =>
  `${firing.severityWord} · ${firing.summary} · ${id}`;

/** Markdown: who would be told when, as the policy was when the incident opened, and how to answer. */
export const escalationPlan = ({ policy, firing }: IncidentState): string =>
  [
    policy ? `Policy ${policy.pack}/policy/${policy.name}` : 'No policy: this severity tells nobody',
    '',
    ...(policy ? ladderText(policy).map((line) => `    ${line}`) : []),
    '',
    'Answer with the updates `acknowledge`, `snooze`, `resolve`, `escalateNow` or `note`: `{"by": "you"}`',
    ...(firing.runbook === undefined ? [] : [`Runbook: ${firing.runbook}`]),
  ].join('\n');

/** For the eyes of who looks through Temporal's lists. */
export const escalationAttributes = (
  { id, firing, labels }: IncidentState,
  status: LadderState['status'],
): readonly {
  readonly key: { readonly name: string; readonly type: 'KEYWORD' };
  readonly value: string;
}[] => {
  const [pack = '', rule = ''] = id.split('/');
  const values = {
    SextonKind: 'escalation',
    SextonPack: pack,
    SextonName: rule,
    SextonState: status,
    SextonSeverity: firing.severity,
    SextonIncident: id,
    SextonAlertType: firing.alertType,
    SextonJob: labels?.['job'],
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ key: { name, type: 'KEYWORD' as const }, value }],
  );
};
