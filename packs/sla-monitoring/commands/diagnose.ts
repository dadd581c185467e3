// `sexton sla-monitoring diagnose JOB`, as SLA-92 calls it.
import { defineAlias } from '../../../src/index.ts';

export const diagnose = defineAlias({
  name: 'diagnose',
  summary: 'slow batches, waits, locks and errors of a job’s newest run',
  alias: ['diagnose'],
});
