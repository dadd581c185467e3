// What fires and what does not: the pack's own rules at their limits, over time, and held by each other.
import { describe, expect, it } from 'vitest';
import { type AlertMemory, advance, UNSEEN } from '../../../src/domain/alerts/alert-state.ts';
import { judge } from '../../../src/domain/monitors/judge.ts';
import { findTunable } from '../../../src/domain/monitors/tunable.ts';
import { took } from '../../support/monitors/declared-monitors.ts';
import { draftCatalog, draftRule } from '../../support/packs/draft-pack.ts';

const catalog = draftCatalog();

const TICK = '2026-02-10T12:00:00Z';

type Values = Readonly<Record<string, number | null>>;

const said = (alert: string, values: Values, { tick = TICK, from = catalog } = {}) => {
  const { monitor, rule } = draftRule(alert, from);
  const [report] = judge({ monitor, rule, taken: took(values), history: [], tick }).reports;
  if (!report) throw new Error('nothing was said');
  return report;
};

const severityOf = (alert: string, values: Values, from = catalog): string =>
  said(alert, values, { from }).firing?.severityWord ?? 'none';

const share = (unused: number, total: number) => ({
  pollution_percentage: total === 0 ? null : (100 * unused) / total,
  unused_drafts: unused,
  total_drafts: total,
});

describe('a limit', () => {
  it.each([
    [30, 100, 'none', 'none'],
    [31, 100, 'MEDIUM', 'none'],
    [50, 100, 'MEDIUM', 'none'],
    [51, 100, 'MEDIUM', 'HIGH'],
    [100, 300, 'MEDIUM', 'none'],
    [101, 300, 'MEDIUM', 'HIGH'],
    [101, 1_000, 'none', 'HIGH'],
    [2, 3, 'MEDIUM', 'HIGH'],
    [0, 0, 'none', 'none'],
  ])(
    'of pollution: %i of %i is %s by alert 1 and %s by alert 2 (DRAFT-61, DRAFT-122)',
    (unused, total, high, critical) => {
      const values = share(unused, total);
      expect([
        severityOf('draft_pollution_high', values),
        severityOf('draft_pollution_critical', values),
      ]).toEqual([high, critical]);
    },
  );

  it.each([
    ['cleanup_job_stalled', { hours_since_last_run: 2, hours_without_first_run: 0 }, 'none'],
    ['cleanup_job_stalled', { hours_since_last_run: 2.0001, hours_without_first_run: 0 }, 'HIGH'],
    ['cleanup_job_stalled', { hours_since_last_run: null, hours_without_first_run: 2 }, 'none'],
    ['cleanup_job_stalled', { hours_since_last_run: null, hours_without_first_run: 2.1 }, 'HIGH'],
    ['old_drafts_pending', { pending_cleanup: 5 }, 'none'],
    ['old_drafts_pending', { pending_cleanup: 6 }, 'MEDIUM'],
    ['draft_traffic_spike', { created_last_hour: 100 }, 'none'],
    ['draft_traffic_spike', { created_last_hour: 101 }, 'MEDIUM'],
    ['cleanup_job_failures', { consecutive_failures: 2 }, 'none'],
    ['cleanup_job_failures', { consecutive_failures: 3 }, 'HIGH'],
    ['redis_unavailable', { redis_up: 1 }, 'none'],
    ['redis_unavailable', { redis_up: 0 }, 'HIGH'],
  ])('of %s with %o is %s (DRAFT-60, DRAFT-61, DRAFT-123)', (alert, values, severity) => {
    expect(severityOf(alert, values)).toBe(severity);
  });

  it('of percentages is not judged below DRAFT_MIN_TOTAL_FOR_RATE, of counts it is (DRAFT-76, DRAFT-122)', () => {
    const from = draftCatalog({ DRAFT_MIN_TOTAL_FOR_RATE: '200' });
    const severities = (unused: number, total: number) =>
      ['draft_pollution_high', 'draft_pollution_critical'].map((alert) =>
        severityOf(alert, share(unused, total), from),
      );
    expect(severities(100, 199)).toEqual(['none', 'none']);
    expect(severities(101, 199)).toEqual(['none', 'HIGH']);
    expect(severities(120, 200)).toEqual(['MEDIUM', 'HIGH']);
  });
});

/** Alert 1 after each look, every five minutes from 12:00 on. */
const course = (percentages: readonly (number | null)[]): readonly AlertMemory[] => {
  let memory = UNSEEN;
  return percentages.map((pollution_percentage, place) => {
    const atMs = Date.parse(TICK) + place * 300_000;
    const tick = new Date(atMs).toISOString();
    const report = { ...said('draft_pollution_high', { pollution_percentage }, { tick }), asOf: tick };
    const { timing } = draftRule('draft_pollution_high', catalog).rule.rule;
    memory = advance({ before: memory, seen: { report }, timing, nowMs: atMs });
    return memory;
  });
};

describe('the wait', () => {
  it.each([
    ['four looks', [35, 35, 35, 35], ['pending', 'pending', 'pending', 'firing']],
    [
      'one below',
      [35, 35, 29, 35, 35, 35, 35],
      ['pending', 'pending', 'inactive', 'pending', 'pending', 'pending', 'firing'],
    ],
    [
      'one without a value',
      [35, 35, null, 35, 35, 35, 35],
      ['pending', 'pending', 'noData', 'pending', 'pending', 'pending', 'firing'],
    ],
    ['a value that never was', [null, null, null, null], ['noData', 'noData', 'noData', 'noData']],
    ['one look that is fine', [35, 35, 35, 35, 30], ['pending', 'pending', 'pending', 'firing', 'inactive']],
  ])('of pollution over %s (DRAFT-30, DRAFT-31, DRAFT-64)', (_, percentages, expected) => {
    expect(course(percentages).map(({ status }) => status)).toEqual(expected);
  });

  it('ends where no drafts are left, of which there is no percentage (DRAFT-31, DRAFT-122)', () => {
    const told = course([35, 35, 35, 35, null]).map((memory) => memory.told !== undefined);
    expect(told).toEqual([false, false, false, true, false]);
  });

  it.each([
    ['draft_pollution_high', 15],
    ['draft_pollution_critical', 5],
    ['old_drafts_pending', 15],
    ['redis_unavailable', 1],
    ['cleanup_job_stalled', 0],
    ['draft_traffic_spike', 0],
    ['cleanup_job_failures', 0],
  ])('of %s is %i minutes (DRAFT-30)', (alert, minutes) => {
    expect(draftRule(alert, catalog).rule.rule.timing?.forSeconds).toBe(minutes * 60);
  });
});

describe('the pack', () => {
  it('has seven alerts on three monitors of these cadences, each with its runbook and first actions (DRAFT-02, DRAFT-26, DRAFT-27)', () => {
    expect(catalog.monitors.map(({ name, schedule }) => [name, schedule])).toEqual([
      ['draft-state', '*/5 * * * *'],
      ['draft-job', '*/5 * * * *'],
      ['draft-redis', '* * * * *'],
    ]);
    const rules = catalog.monitors.flatMap(({ snapshot }) => snapshot.rules);
    expect(new Set(rules.map(({ payload }) => payload?.['number']))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(rules).toHaveLength(7);
    for (const { bands, payload } of rules) {
      expect(catalog.runbooks.map(({ name }) => name)).toContain(bands[0].runbook);
      expect(payload?.['actions']).toHaveLength(bands[0].action.split('; ').length);
    }
  });

  it('knows MEDIUM and HIGH alone of the four levels, each alert beginning at one (DRAFT-60, DRAFT-111)', () => {
    const words = catalog.monitors.flatMap(({ snapshot }) =>
      snapshot.rules.map(({ payload, bands }) => [
        payload?.['number'],
        ...bands.map((band) => band.severityWord),
      ]),
    );
    expect(words.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [1, 'MEDIUM'],
      [2, 'HIGH'],
      [3, 'HIGH'],
      [4, 'MEDIUM'],
      [5, 'MEDIUM'],
      [6, 'HIGH'],
      [7, 'HIGH'],
    ]);
  });

  it.each([
    [0, 'none'],
    [1, 'none'],
    [5, 'none'],
    [6, 'MEDIUM'],
  ])(
    'makes no alert of %i old drafts: up to five may wait for the next full hour, %s (DRAFT-61, DRAFT-114)',
    (old, told) => {
      expect(severityOf('old_drafts_pending', { pending_cleanup: old })).toBe(told);
    },
  );

  it('holds alert 1 while alert 2 is open, and alert 7 while Redis is away (DRAFT-32, DRAFT-128)', () => {
    const heldBy = (alert: string) =>
      draftRule(alert, catalog).rule.rule.inhibitedBy?.map(({ rule }) => rule);
    expect(heldBy('draft_pollution_high')).toEqual(['draft_pollution_critical']);
    expect(heldBy('cleanup_job_failures')).toEqual(['redis_unavailable']);
  });

  it.each([
    ['draft_pollution_high', 'above', '35'],
    ['draft_pollution_high', 'for', '30m'],
    ['draft_pollution_high', 'severity', 'high'],
    ['draft_pollution_high', 'response', '2h'],
    ['cleanup_job_failures', 'atLeast', '5'],
  ])('lets people set %s of %s to %s at run time (DRAFT-68)', (alert, field, value) => {
    const [tunable, ...others] = findTunable(draftRule(alert, catalog).rule, field);
    expect(others).toEqual([]);
    expect(typeof tunable?.set(value)).toBe('object');
  });

  it('tells of an alert in the fields of DRAFT-71, with the condition and the response as they are set now', () => {
    const { monitor, rule } = draftRule('draft_pollution_high', catalog);
    const tuned = findTunable(rule, 'above')[0]?.set('35.5');
    if (typeof tuned !== 'object') throw new Error('not tuned');
    const [report] = judge({
      monitor,
      rule: tuned,
      taken: took({ pollution_percentage: 40.25 }),
      history: [],
      tick: TICK,
    }).reports;
    expect(report?.firing?.payload).toMatchObject({
      alert: 'draft_pollution_high',
      number: 1,
      severity: 'MEDIUM',
      condition: 'pollution_percentage > 35.5',
      value: 40.25,
      threshold: 35.5,
      response_minutes: 240,
      actions: ['Check Redis', 'Verify the cleanup job', 'Clean up by hand if needed'],
      runbook: 'pollution-high',
      drill: false,
    });
  });
});
