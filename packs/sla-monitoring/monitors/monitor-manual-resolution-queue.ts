// The manual resolution queue: how deep, how old, and whether it empties as fast as it usually does (SLA-39…43).
import { defineMonitor, type MonitorDefinition, type RecordDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { queueMeasures } from '../mrq-measures.ts';

const RUNBOOK = 'mrq-overflow';

/** Its operators hear of it besides whom the severity calls for (SLA-42). */
const routes = { warning: 'mrq-warning', critical: 'mrq-critical' };

/** An empty queue has no ages and nothing to resolve: that is well. */
const noData = { means: 'fine', after: '0s' } as const;

const overflow = {
  action: 'Find common failure modes, resolve like items in batches, assign what is urgent, add capacity',
  runbook: RUNBOOK,
};

const rules = (env: SlaEnv): MonitorDefinition['rules'] => [
  {
    name: 'mrq_depth',
    summary: '{value} items wait in the manual resolution queue, more than {limit}',
    routes,
    bands: [
      {
        severity: 'warning',
        alertType: 'mrq_depth_warning',
        when: { measure: 'depth', above: env.MRQ_DEPTH_WARNING },
        ...overflow,
      },
      {
        severity: 'critical',
        alertType: 'mrq_depth_critical',
        when: { measure: 'depth', above: env.MRQ_DEPTH_CRITICAL },
        ...overflow,
      },
    ],
  },
  {
    name: 'mrq_age',
    summary: 'Items of the manual resolution queue wait {value:1} h on average, more than {limit} h',
    routes,
    noData,
    bands: [
      {
        severity: 'warning',
        alertType: 'mrq_age_warning',
        when: { measure: 'average_age', above: env.MRQ_AGE_WARNING_HOURS },
        ...overflow,
      },
    ],
  },
  {
    name: 'mrq_items',
    summary: `{value} items of the manual resolution queue are older than ${env.MRQ_AGE_ESCALATION_HOURS} h`,
    routes,
    bands: [
      {
        severity: 'critical',
        alertType: 'mrq_item_escalation',
        when: { measure: 'items_requiring_escalation', above: 0 },
        action: 'Resolve or assign the listed items',
        runbook: RUNBOOK,
      },
    ],
  },
  {
    name: 'mrq_resolution_rate',
    summary:
      'Items of the manual resolution queue are resolved at {value:2} times the usual rate, below {limit}',
    routes,
    noData,
    bands: [
      {
        severity: 'warning',
        alertType: 'mrq_resolution_rate_low',
        when: {
          all: [
            { measure: 'resolution_ratio', below: env.MRQ_RESOLUTION_DROP_RATIO },
            { measure: 'depth', above: 0 },
          ],
        },
        ...overflow,
      },
    ],
  },
];

/** SLA-79. */
const records: readonly RecordDefinition[] = [
  {
    measure: 'depth',
    fields: {
      metric: 'manual_resolution_queue_depth',
      total_pending: '{total_pending}',
      average_age_hours: '{average_age_hours}',
      oldest_item_hours: '{oldest_item_hours}',
      items_exceeding_24h_sla: '{items_exceeding_24h_sla}',
      items_requiring_escalation: '{items_requiring_escalation}',
      timestamp: '{tick}',
    },
  },
];

export const monitorManualResolutionQueue = (env: SlaEnv): MonitorDefinition =>
  defineMonitor({
    name: 'monitor_manual_resolution_queue',
    summary: 'Depth, ages and resolution rate of the manual resolution queue',
    owner: 'operators',
    schedule: '0 * * * *',
    runbook: RUNBOOK,
    measures: queueMeasures(env),
    rules: rules(env),
    records,
  });
