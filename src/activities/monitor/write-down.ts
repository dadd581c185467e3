// What an evaluation leaves in the worker's log: what its monitor says of itself, and of every alert what somebody who
// looks into it needs first (SLA-30, SLA-36).
import { log } from '@temporalio/activity';
import type { MonitorRecord } from '../../domain/monitors/record.ts';
import type { JudgedRule } from './tally.ts';

export const writeDown = (
  monitor: { readonly pack: string; readonly monitor: string },
  records: readonly MonitorRecord[],
  judged: readonly JudgedRule[],
): void => {
  for (const record of records) log.info('measured', { ...monitor, ...record });
  for (const { rule, reports } of judged) {
    for (const { firing, labels, settled } of reports) {
      const diagnostics = firing?.payload['diagnostics'];
      // What was over before was written down then.
      if (!firing || settled || diagnostics === undefined) continue;
      const { alertType, summary } = firing;
      log.warn('diagnostics', {
        ...monitor,
        rule: rule.rule.name,
        alertType,
        ...labels,
        summary,
        diagnostics,
      });
    }
  }
};
