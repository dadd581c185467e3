// Who hears of which alert and when, if nobody acknowledges: the pack's own policies, lived through as an escalation does.
import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  nextDue,
  passDue,
  shownSeverity,
  startLadder,
} from '../../../src/domain/alerts/ladder.ts';
import type { PolicySnapshot } from '../../../src/domain/alerts/policy.ts';
import { live, T0 } from '../../support/alerts/ladders.ts';
import { MINUTE } from '../../support/alerts/policies.ts';
import { draftCatalog, draftRule } from '../../support/packs/draft-pack.ts';

const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1' };
const catalog = draftCatalog(SLACK);

const policyOf = (alert: string): PolicySnapshot => {
  const { rule } = draftRule(alert, catalog);
  const policy = rule.rule.routes[rule.bands[0].severity];
  if (!policy) throw new Error(`${alert} has no policy`);
  return policy;
};

const h = (hours: number, minutes = 0): number => hours * 60 + minutes;

/** Alert, its response in minutes, and when it becomes HIGH, on-call, senior, manager and CTO are told; minutes. */
const DRAFT_63 = [
  ['draft_pollution_high', h(4), h(4), [h(5)], h(5, 30), h(6, 30), h(8, 30)],
  ['draft_pollution_critical', h(1), undefined, [0, h(1)], h(1, 30), h(2, 30), h(4, 30)],
  ['cleanup_job_stalled', 30, undefined, [30], h(1), h(2), h(4)],
  ['cleanup_job_failures', 30, undefined, [30], h(1), h(2), h(4)],
  ['old_drafts_pending', h(2), h(2), [h(3)], h(3, 30), h(4, 30), h(6, 30)],
  ['draft_traffic_spike', h(1), h(1), [h(2)], h(2, 30), h(3, 30), h(5, 30)],
  ['redis_unavailable', 15, undefined, [15], 45, h(1, 45), h(3, 45)],
] as const;

describe('the ladder of', () => {
  it.each(DRAFT_63)(
    '%s answers within %i minutes and goes up as the table says (DRAFT-60, DRAFT-62, DRAFT-63)',
    (alert, response, becomesHigh, onCall, senior, manager, cto) => {
      const { rule } = draftRule(alert, catalog);
      expect(rule.bands[0].responseSeconds).toBe(response * 60);
      const { severity } = rule.bands[0];
      const { wakes } = live(policyOf(alert), startLadder(T0, severity), 100_000);
      const toldAt = (role: string): number[] =>
        wakes.flatMap(({ tier, atMs }) => (tier.notify.includes(role) ? [(atMs - T0) / MINUTE] : []));
      expect(toldAt('draft-on-call')).toEqual(onCall);
      expect([toldAt('draft-senior'), toldAt('draft-manager'), toldAt('draft-cto')]).toEqual([
        [senior],
        [manager],
        [cto],
      ]);
      const raised = wakes.filter(({ tier }) => tier.raiseTo === 'high');
      expect(raised.map(({ atMs }) => (atMs - T0) / MINUTE)).toEqual(
        becomesHigh === undefined ? [] : [becomesHigh],
      );
    },
  );

  it.each(DRAFT_63)(
    '%s stops with an acknowledgement, which is overdue after four responses (DRAFT-64)',
    (alert, response) => {
      const policy = policyOf(alert);
      const told = passDue(policy, startLadder(T0, 'warning'), T0);
      const answered = acknowledge(policy, told.state, { by: 'ana', atMs: T0 });
      const { state, wakes } = live(policy, answered, 100_000);
      expect(wakes).toEqual([]);
      expect(nextDue(policy, answered)).toMatchObject({ atMs: T0 + 4 * response * MINUTE });
      expect(state).toMatchObject({ status: 'acknowledged', overdue: true });
    },
  );
});

describe('what the sources say twice', () => {
  it('is read as: alert 2 pages at once, and each alert’s own response is its first wait, not the chart’s (DRAFT-113)', () => {
    const firstTold = (alert: string): readonly number[] => {
      const { severity } = draftRule(alert, catalog).rule.bands[0];
      const { wakes } = live(policyOf(alert), startLadder(T0, severity), 100_000);
      return wakes.map(({ atMs }) => (atMs - T0) / MINUTE).slice(0, 2);
    };
    expect(policyOf('draft_pollution_critical').tiers[0].notify).toContain('draft-on-call');
    expect(firstTold('draft_pollution_high'), 'as the chart has it').toEqual([0, h(4)]);
    expect(firstTold('old_drafts_pending'), 'its response, not four hours').toEqual([0, h(2)]);
    expect(firstTold('redis_unavailable'), 'its response, not an hour').toEqual([0, 15]);
  });
});

describe('a tier', () => {
  it('of MEDIUM tells Slack #backend and the team by mail, of HIGH Slack #oncall and the pager (DRAFT-65)', () => {
    const notified = (alert: string) => policyOf(alert).tiers[0].notify;
    expect(notified('draft_pollution_high')).toEqual(['slack:backend', 'email:backend-team@example.com']);
    expect(notified('cleanup_job_stalled')).toEqual(['slack:oncall', 'pagerduty']);
  });

  it('above MEDIUM tells HIGH’s channels too, from when it was promoted on (DRAFT-65)', () => {
    const [, ...later] = policyOf('draft_pollution_high').tiers;
    for (const { notify } of later)
      expect(notify).toEqual(expect.arrayContaining(['slack:oncall', 'pagerduty']));
    const promoted = live(policyOf('draft_pollution_high'), startLadder(T0, 'warning'), h(4)).state;
    expect(shownSeverity(promoted)).toBe('high');
  });

  it('names contact points that are configuration (DRAFT-04)', () => {
    const { rule } = draftRule(
      'old_drafts_pending',
      draftCatalog({ ...SLACK, DRAFT_SLACK_CHANNEL: '#drafts', DRAFT_TEAM_EMAIL: 'drafts@example.org' }),
    );
    expect(rule.rule.routes.warning?.tiers[0].notify).toEqual(['slack:drafts', 'email:drafts@example.org']);
  });
});

describe('staging', () => {
  /** Everybody whom any policy of the pack may tell. */
  const told = (env: Readonly<Record<string, string>>): readonly string[] => {
    const { policies } = draftCatalog(env);
    const named = policies.flatMap(({ snapshot }) => [
      ...snapshot.tiers.flatMap(({ notify }) => notify),
      ...Object.values(snapshot.people).flat(),
    ]);
    return named.filter((each) => /^(slack|email):(?!webhook)/.test(each));
  };
  const PRODUCTION = {
    ...SLACK,
    SLACK_WEBHOOK_URL: 'https://hooks.example.org/T0/B0/x',
    PAGERDUTY_API_KEY: 'a'.repeat(32),
    PAGERDUTY_SERVICE_ID: 'P1',
  };

  it('never tells production’s contact points, stated or not (DRAFT-78)', () => {
    const production = told({ ...PRODUCTION, SEXTON_PROFILE: 'production' });
    expect(new Set(production)).toEqual(
      new Set(['slack:backend', 'slack:oncall', 'email:backend-team@example.com']),
    );
    expect(told({ ...SLACK, SEXTON_PROFILE: 'staging' })).toEqual([]);
    const own = {
      DRAFT_TEAM_EMAIL: 'try@example.org',
      DRAFT_SLACK_CHANNEL: 'try',
      DRAFT_ONCALL_CHANNEL: '#oncall',
    };
    const staging = told({ ...SLACK, ...own, SEXTON_PROFILE: 'staging' });
    expect(new Set(staging)).toEqual(new Set(['slack:try', 'email:try@example.org']));
  });

  it('differs from production in configuration only (DRAFT-78)', () => {
    const shape = (profile: string) => {
      const { jobs, monitors } = draftCatalog({ ...PRODUCTION, SEXTON_PROFILE: profile });
      return JSON.stringify([
        jobs.map(({ schedule, snapshot: { steps, budgetSeconds, lockKey } }) => [
          schedule,
          steps,
          budgetSeconds,
          lockKey,
        ]),
        monitors.map(({ schedule, snapshot }) => [
          schedule,
          snapshot.measures,
          snapshot.rules.map(({ bands, rule }) => [bands, rule.timing]),
        ]),
      ]);
    };
    expect(shape('staging')).toBe(shape('production'));
  });
});
