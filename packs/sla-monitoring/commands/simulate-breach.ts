// `sexton sla-monitoring simulate-breach`: a completed run that never was, so that the next evaluation pages for it (SLA-98).
import { defineCommand, type JobDefinition, parseDuration, variable } from '../../../src/index.ts';

const { number, oneOf } = variable;

/** Who writes the row; success rates, streaks and baselines leave out what it wrote. */
const ACTOR = 'system:test';

export const simulateBreach = (jobs: readonly Pick<JobDefinition, 'name' | 'resourceType' | 'budget'>[]) =>
  defineCommand({
    name: 'simulate-breach',
    summary: 'write down a run that took so long, marked as a test; the next evaluation tells of it',
    options: {
      job: { summary: 'whose run it was', value: oneOf(jobs.map(({ name }) => name)) },
      duration: { summary: 'seconds that it took', value: number({ above: 0 }) },
    },
    audited: true,
    run: async (tools, { job: name, duration }) => {
      const job = jobs.find((each) => each.name === name);
      if (!job) return { refused: `no job ${name}`, exit: 2 };
      const budget = parseDuration(job.budget) ?? 0;
      const utilization = (100 * duration) / budget;
      const [row] = await tools.db('app').transaction(async (tx) => {
        const written = await tx.query<{ readonly id: string }>(
          `INSERT INTO audit_log (actor, action, resource_type, metadata)
           VALUES ($1, 'CLEANUP_COMPLETED', $2, $3) RETURNING id`,
          [
            ACTOR,
            job.resourceType,
            JSON.stringify({
              job: name,
              duration_seconds: duration,
              sla_budget_seconds: budget,
              synthetic: true,
            }),
          ],
        );
        await tx.audit({
          action: 'SLA_BREACH_SIMULATED',
          resourceType: job.resourceType,
          metadata: { job: name, duration_seconds: duration, sla_budget_seconds: budget },
        });
        return written;
      });
      const percent = utilization.toFixed(1);
      return {
        answer: {
          audit_id: Number(row?.id),
          job: name,
          duration_seconds: duration,
          sla_budget_seconds: budget,
          utilization_percent: Number(percent),
          synthetic: true,
        },
        text:
          `${name}: a run of ${duration} s is written down, ${percent} % of its budget, marked as a test\n` +
          '  next: `sexton run monitor_cleanup_sla`, or its next tick, tells of it',
      };
    },
  });
