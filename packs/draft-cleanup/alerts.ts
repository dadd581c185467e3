// What the seven alerts have in common: one band each, first actions, and the payload of DRAFT-71.
import type { ConditionDefinition, RuleDefinition } from '../../src/index.ts';

interface Alert {
  /** DRAFT-60's. */
  readonly number: number;
  readonly name: string;
  readonly severity: 'warning' | 'high';
  readonly summary: string;
  readonly when: ConditionDefinition;
  /** How soon somebody must answer. */
  readonly response: string;
  /** What to do first, in order. */
  readonly actions: readonly string[];
  readonly runbook: string;
}

type Further = Pick<RuleDefinition, 'for' | 'inhibitedBy' | 'groupWait' | 'routes' | 'error'>;

/**
 * A measure without a value wakes nobody and keeps nobody waiting (DRAFT-31); one that fails keeps what is known, unless a
 * rule says otherwise.
 */
export const alert = (
  { number, name, severity, summary, when, response, actions, runbook }: Alert,
  further: Further = {},
): RuleDefinition => ({
  name,
  summary,
  noData: { means: 'fine', after: '0s' },
  error: 'keep',
  bands: [{ severity, alertType: name, when, response, action: actions.join('; '), runbook }],
  payload: {
    alert: name,
    number,
    condition: '{condition}',
    value: '{value}',
    threshold: '{limit}',
    fired_at: '{tick}',
    response_minutes: '{response_minutes}',
    actions,
    drill: false,
  },
  ...further,
});
