// What a job declares of its runs' ends, and a policy of how late an answer may be.
import { describe, expect, it } from 'vitest';
import { answeredRoutes } from '../../src/domain/monitors/response.ts';
import { defineJob, definePolicy, type JobDefinition, type PolicyDefinition } from '../../src/index.ts';
import { band, faultsOf, loadMonitors, monitor, rule } from '../support/monitors/declared-monitors.ts';

const job = (change: Partial<JobDefinition>): JobDefinition =>
  defineJob({
    name: 'sweep',
    summary: 'Sweeps',
    owner: 'on-call',
    resourceType: 'leaf',
    schedule: '0 * * * *',
    budget: '5m',
    steps: [
      {
        name: 'leaves',
        action: 'delete',
        batch: 10,
        selection: { database: 'app', table: 'leaf', key: ['id'], age: { column: 'at', olderThan: '1d' } },
      },
    ],
    ...change,
  });

const pollution = monitor([rule([band({ measure: 'a', above: 1 })])]);

describe('a job', () => {
  it('may name monitors of its pack that look at its runs’ ends, and no others', () => {
    const declared = (evaluates: readonly string[]) => ({
      monitors: [pollution],
      jobs: [job({ evaluates })],
    });
    expect(faultsOf(declared(['pollution']))).toEqual([]);
    expect(faultsOf(declared(['polution']))).toEqual([
      'garden/job/sweep.evaluates: must name monitors of the pack (pollution), got "polution"',
    ]);
    const { jobs } = loadMonitors(declared(['pollution']));
    expect(jobs[0]?.snapshot.evaluates).toEqual(['pollution']);
  });

  it.each([
    [1_000, 0],
    [1_001, 1],
    [0, 1],
    [1.5, 1],
  ])('may want %d ids of deleted rows told: %i faults', (auditIds, faults) => {
    expect(faultsOf({ jobs: [job({ auditIds })] })).toHaveLength(faults);
  });
});

describe('an acknowledgement', () => {
  const tiers = [
    { name: 'now', after: '0s', notify: ['log'] },
    { name: 'later', after: '1h', notify: ['log'] },
  ];
  const policyOf = (policy: PolicyDefinition) => {
    const declared = {
      monitors: [pollution],
      policies: [policy],
      routes: { warning: policy.name, high: policy.name, critical: policy.name, info: policy.name },
    };
    return loadMonitors(declared).policies.find(({ name }) => name === policy.name)!.snapshot;
  };

  it('is overdue after so many response times: the second tier’s, or the band’s own (DRAFT-64)', () => {
    const policy = policyOf(definePolicy({ name: 'slow', tiers, ackOverdue: { responses: 4 } }));
    expect(policy.ackOverdueSeconds).toBe(4 * 3_600);
    const answered = answeredRoutes({ warning: policy }, [{ severity: 'warning', responseSeconds: 600 }]);
    expect(answered.warning).toMatchObject({ ackOverdueSeconds: 2_400, tiers: [{}, { afterSeconds: 600 }] });
  });

  it('cannot be, where no second tier says how long anybody is waited for', () => {
    const lone = definePolicy({ name: 'lone', tiers: tiers.slice(0, 1), ackOverdue: { responses: 4 } });
    expect(faultsOf({ policies: [lone], routes: { warning: 'lone' } })).toEqual([
      expect.stringMatching(/lone\.ackOverdue: must be a duration/),
    ]);
  });
});
