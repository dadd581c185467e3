// The pack's environment: defaults, rules, and every fault at once.
import { describe, expect, it } from 'vitest';
import { env, envRules } from '../../../packs/draft-cleanup/env.ts';
import { readVariables } from '../../../src/config/pack-env.ts';
import { firstStep } from '../../support/jobs/steps.ts';
import { draftCatalog, draftFaults, draftRule } from '../../support/packs/draft-pack.ts';

const conditionOf = (alert: string, variables = {}) =>
  draftRule(alert, draftCatalog(variables)).rule.bands[0].when;

describe('the environment', () => {
  it('has these defaults (DRAFT-76)', () => {
    expect(readVariables({ shape: env, env: {} }).values).toMatchObject({
      DRAFT_RETENTION_HOURS: 24,
      DRAFT_CLEANUP_BATCH: 500,
      DRAFT_POLLUTION_HIGH_PERCENT: 30,
      DRAFT_POLLUTION_CRITICAL_PERCENT: 50,
      DRAFT_UNUSED_CRITICAL_COUNT: 100,
      DRAFT_POLLUTION_FOR_MINUTES: 15,
      DRAFT_STALLED_HOURS: 2,
      DRAFT_OLD_COUNT: 5,
      DRAFT_SPIKE_PER_HOUR: 100,
      DRAFT_FAILURE_STREAK: 3,
      DRAFT_MIN_TOTAL_FOR_RATE: 0,
      DRAFT_REDIS_CUTOVER_AT: '2025-11-08T00:00:00Z',
      DRAFT_TEAM_EMAIL: 'backend-team@example.com',
      DRAFT_SLACK_CHANNEL: '#backend',
      DRAFT_ONCALL_CHANNEL: '#oncall',
    });
    expect(envRules.length).toBeGreaterThan(0);
  });

  it.each([
    ['DRAFT_RETENTION_HOURS', '0.5', 'must be >= 1, got "0.5"'],
    ['DRAFT_CLEANUP_BATCH', '10001', 'must be a whole number >= 1 and <= 10000, got "10001"'],
    ['DRAFT_CLEANUP_BATCH', '0', 'must be a whole number >= 1 and <= 10000, got "0"'],
    ['DRAFT_POLLUTION_CRITICAL_PERCENT', '101', 'must be >= 0 and <= 100, got "101"'],
    ['DRAFT_UNUSED_CRITICAL_COUNT', '0', 'must be a whole number >= 1, got "0"'],
    ['DRAFT_POLLUTION_FOR_MINUTES', '1.5', 'must be a whole number >= 0, got "1.5"'],
    ['DRAFT_STALLED_HOURS', '0', 'must be > 0, got "0"'],
    ['DRAFT_OLD_COUNT', '-1', 'must be a whole number >= 0, got "-1"'],
    ['DRAFT_SPIKE_PER_HOUR', '0', 'must be a whole number >= 1, got "0"'],
    ['DRAFT_FAILURE_STREAK', '0', 'must be a whole number >= 1, got "0"'],
    ['DRAFT_MIN_TOTAL_FOR_RATE', '-1', 'must be a whole number >= 0, got "-1"'],
    ['DRAFT_REDIS_CUTOVER_AT', '2025-11-08', 'must be an instant such as'],
    ['DRAFT_TEAM_EMAIL', 'nobody', 'must be an e-mail address, got "nobody"'],
    ['DRAFT_SLACK_CHANNEL', 'two words', 'must be the name of a Slack channel, got "two words"'],
  ])('refuses %s=%s (DRAFT-76)', (name, value, words) => {
    const faults = draftFaults({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${name}: ${words}`);
  });

  it.each([
    ['60', '50', true],
    ['50', '50', true],
    ['49.99', '50', false],
  ])('with %s against %s percent is at fault: %s (DRAFT-76, DRAFT-77)', (high, critical, isFault) => {
    const variables = { DRAFT_POLLUTION_HIGH_PERCENT: high, DRAFT_POLLUTION_CRITICAL_PERCENT: critical };
    const [fault, ...others] = draftFaults(variables);
    expect(others).toEqual([]);
    expect(fault).toBe(
      isFault
        ? `DRAFT_POLLUTION_HIGH_PERCENT: must be below DRAFT_POLLUTION_CRITICAL_PERCENT (${high} >= 50), got "${high}"`
        : undefined,
    );
  });

  it('tells all of its faults together, and masks what is secret (DRAFT-77)', () => {
    const faults = draftFaults({
      DRAFT_POLLUTION_HIGH_PERCENT: '60',
      DRAFT_CLEANUP_BATCH: 'many',
      DRAFT_TEAM_EMAIL: 'nobody',
      PAGERDUTY_API_KEY: 'much too secret',
      PAGERDUTY_SERVICE_ID: 'P1',
    });
    expect(faults.join('\n')).not.toContain('secret');
    for (const name of ['HIGH_PERCENT', 'CLEANUP_BATCH', 'TEAM_EMAIL', 'PAGERDUTY_API_KEY'])
      expect(faults.some((fault) => fault.includes(`${name}: `))).toBe(true);
  });

  it('states the cut-over, whose dates contradict each other, and Q8 and Q10 go by it (DRAFT-121)', () => {
    const stated = '2025-01-08T00:00:00.000Z';
    const cutoverOf = (values: Parameters<typeof draftCatalog>[0]) =>
      draftCatalog(values).reports.flatMap(({ report }) => report.params['cutover']?.default ?? []);
    expect(cutoverOf({})).toEqual(['2025-11-08T00:00:00.000Z', '2025-11-08T00:00:00.000Z']);
    expect(cutoverOf({ DRAFT_REDIS_CUTOVER_AT: stated })).toEqual([stated, stated]);
  });

  it('asks for Slack and PagerDuty in production, and for nothing elsewhere (DRAFT-76)', () => {
    const missing = draftFaults({ SEXTON_PROFILE: 'production' });
    expect(missing).toEqual([
      'SLACK_WEBHOOK_URL: must be set in production',
      'PAGERDUTY_API_KEY: must be set in production',
    ]);
    const key = { PAGERDUTY_API_KEY: 'a'.repeat(32) };
    expect(draftFaults({ ...key })).toEqual(['PAGERDUTY_SERVICE_ID: must be set when PAGERDUTY_API_KEY is']);
    for (const profile of ['staging', 'development'])
      expect(draftFaults({ SEXTON_PROFILE: profile })).toEqual([]);
  });

  it('decides what the job takes and what its alerts fire at (DRAFT-16, DRAFT-76)', () => {
    const variables = {
      DRAFT_RETENTION_HOURS: '36.5',
      DRAFT_CLEANUP_BATCH: '50',
      DRAFT_STALLED_HOURS: '3',
      DRAFT_OLD_COUNT: '0',
    };
    const job = draftCatalog(variables).jobs.find(({ name }) => name === 'cleanup-old-drafts-hourly');
    const step = firstStep(job!.snapshot);
    expect([step.batchRows, step.selection.age.olderThanSeconds]).toEqual([50, 36.5 * 3_600]);
    expect(conditionOf('old_drafts_pending', variables)).toEqual({ measure: 'pending_cleanup', above: 0 });
    expect(conditionOf('cleanup_job_stalled', variables)).toMatchObject({
      any: [{ measure: 'hours_since_last_run', above: 3 }, {}],
    });
  });
});
