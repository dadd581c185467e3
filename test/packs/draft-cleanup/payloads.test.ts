// What the pack says to machines, against the schemas that it publishes: the specification's own examples hold, and
// whoever changes a field sees it here.
import { describe, expect, it } from 'vitest';
import { schemasOf } from '../../support/packs/schemas.ts';

const { check, names } = schemasOf('draft-cleanup');

const EXAMPLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  alert: {
    alert: 'draft_pollution_high',
    number: 1,
    severity: 'MEDIUM',
    condition: 'pollution_percentage > 30',
    value: 35.2,
    threshold: 30,
    fired_at: '2026-02-10T12:15:00Z',
    response_minutes: 240,
    actions: ['Check Redis', 'Verify the cleanup job'],
    runbook: 'pollution-high',
    drill: false,
  },
  'manual-cleanup': {
    deleted_count: 1,
    deleted_ids: ['0b1f8c1e-2f4e-4a58-9d4a-0d3f5b1c2a77'],
    cutoff_time: '2026-02-09T14:30:00Z',
  },
  'state-snapshot': {
    total_drafts: 12,
    unused_drafts: 3,
    active_drafts: 9,
    pollution_percentage: null,
    created_last_hour: 5,
    created_last_24h: 12,
    pending_cleanup: 0,
    snapshot_time: '2026-02-10T14:30:00Z',
  },
  'job-status': {
    jobname: 'cleanup-old-drafts-hourly',
    schedule: '0 * * * *',
    active: true,
    last_run: null,
    hours_since_last_run: null,
    next_run: '2026-02-10T15:00:00Z',
    last_status: 'never',
    last_deleted_count: null,
    consecutive_failures: 0,
  },
};

describe('a published schema', () => {
  it('is there for every payload of the pack (DRAFT-75)', () => {
    expect(names.toSorted()).toEqual([...Object.keys(EXAMPLES), 'health-report'].toSorted());
  });

  it.each(Object.keys(EXAMPLES))(
    'accepts the example of %s, and misses each field that is left out (DRAFT-75)',
    (name) => {
      const example = EXAMPLES[name] ?? {};
      expect(check(name, example)).toBe('sound');
      for (const field of Object.keys(example)) {
        const { [field]: _left, ...rest } = example;
        expect(check(name, rest)).toContain(field);
      }
    },
  );

  it.each([
    ['alert', { number: 8 }],
    ['alert', { severity: 'warning' }],
    ['manual-cleanup', { deleted_ids: ['0b1f…'] }],
    ['state-snapshot', { total_drafts: 1.5 }],
    ['job-status', { hours_since_last_run: 'never' }],
  ])('refuses %s with %j (DRAFT-75)', (name, wrong) => {
    expect(check(name, { ...EXAMPLES[name], ...wrong })).not.toBe('sound');
  });
});
