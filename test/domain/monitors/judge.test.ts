// Judging is pure: what was measured at a tick becomes what the door is told, in the words of the band that holds.
import { describe, expect, it } from 'vitest';
import { advance, UNSEEN } from '../../../src/domain/alerts/alert-state.ts';
import { judge } from '../../../src/domain/monitors/judge.ts';
import type { Sample, Taken } from '../../../src/domain/monitors/measure.ts';
import type { RuleDefinition } from '../../../src/index.ts';
import { band, rule, snapshotOf, took } from '../../support/monitors/declared-monitors.ts';

const TICK = '2026-02-10T12:00:00Z';

const judged = (declared: RuleDefinition, taken: readonly Taken[], history: readonly Sample[] = []) =>
  judge({ ...snapshotOf(declared), taken, history, tick: TICK });

const typeOf = (declared: RuleDefinition, taken: readonly Taken[], history: readonly Sample[] = []) => {
  const { reports } = judged(declared, taken, history);
  return reports.map(({ firing, unknown }) => firing?.alertType ?? unknown?.state ?? 'none');
};

const POLLUTION = rule([
  band({ measure: 'a', above: 30 }, { alertType: 'MEDIUM' }),
  band(
    {
      any: [
        { measure: 'a', above: 50 },
        { measure: 'b', above: 100 },
      ],
    },
    { alertType: 'HIGH', severity: 'high' },
  ),
]);

describe('a limit', () => {
  it.each([
    // DRAFT-61: share of drafts, and how many of them are unused.
    ['none', 30, 0],
    ['MEDIUM', (100 * 31) / 100, 0],
    ['MEDIUM', 50, 0],
    ['HIGH', (100 * 51) / 100, 0],
    ['MEDIUM', (100 * 100) / 300, 100],
    ['HIGH', (100 * 101) / 300, 101],
  ])('gives %s at %f percent with %d unused, as DRAFT-61 says', (type, share, unused) => {
    expect(typeOf(POLLUTION, took({ a: share, b: unused }))).toEqual([type]);
  });

  it.each([
    ['above', 2, 'none', 'fires'],
    ['atLeast', 2, 'fires', 'fires'],
    ['below', 2, 'none', 'none'],
    ['atMost', 2, 'fires', 'none'],
    ['equals', 2, 'fires', 'none'],
  ] as const)('%s %d: %s at the limit, %s above it', (limit, value, at, over) => {
    const declared = rule([band({ measure: 'a', [limit]: value } as never, { alertType: 'fires' })]);
    expect([2, 2.01].map((a) => typeOf(declared, took({ a }))[0])).toEqual([at, over]);
  });

  it('of SLA-34 is crossed above 80 and above 100 percent, and no value is no data', () => {
    const sla = rule([
      band({ measure: 'a', above: 80 }, { alertType: 'warning' }),
      band({ measure: 'a', above: 100 }, { alertType: 'breached', severity: 'critical' }),
    ]);
    expect([80, 81.9, 100, 100.1, null].map((a) => typeOf(sla, took({ a }))[0])).toEqual([
      'none',
      'warning',
      'warning',
      'breached',
      'noData',
    ]);
  });
});

describe('a firing', () => {
  const declared = rule(
    [
      band(
        { measure: 'a', above: 30 },
        { alertType: 'high_pollution', runbook: 'drafts', action: 'Check Redis' },
      ),
    ],
    { summary: '{rule}: {value} % of {site} are drafts, over {limit} % ({a})', dedupKey: 'drafts:{site}' },
  );

  it('says value and limit, labels, action, runbook and key, for people and for machines', () => {
    const [report] = judged(declared, took({ a: [[{ site: 'north' }, 33.3333]] })).reports;
    expect(report).toMatchObject({
      labels: { site: 'north' },
      subject: `tick/${TICK}`,
      subjectAt: TICK,
      asOf: '2026-02-10T12:00:00.300Z',
    });
    expect(report?.firing).toEqual({
      severity: 'warning',
      severityWord: 'warning',
      alertType: 'high_pollution',
      summary: 'drafts: 33.33 % of north are drafts, over 30 % (33.33)',
      facts: [
        ['site', 'north'],
        ['a', '33.33 (above 30)'],
        ['owner', 'on-call'],
      ],
      payload: {
        alert_type: 'high_pollution',
        rule: 'drafts',
        monitor: 'pollution',
        labels: { site: 'north' },
        measure: 'a',
        value: 33.3333,
        threshold: 30,
        condition: 'above 30',
        conditions: [{ measure: 'a', value: 33.3333, threshold: 30, condition: 'above 30' }],
        message: 'drafts: 33.33 % of north are drafts, over 30 % (33.33)',
        recommended_action: 'Check Redis',
        runbook: 'https://rb.example/drafts',
        severity: 'warning',
      },
      action: 'Check Redis',
      runbook: 'https://rb.example/drafts',
      dedupKey: 'drafts:north',
    });
  });

  it('never shows a value as the limit that it is over', () => {
    const [report] = judged(rule([band({ measure: 'a', above: 30 })]), took({ a: 30.001 })).reports;
    expect(report?.firing?.summary).toBe('30.001 is over 30');
  });

  it('is about the run that the reading is of, with what the reading knows besides', () => {
    const subject = { id: 'run-7', at: '2026-02-10T11:58:00Z' };
    const facts = [['run', 'run-7']] as const;
    const reading = { labels: { job: 'sweep' }, value: 90, subject, facts, payload: { run_id: 'run-7' } };
    const taken = [{ measure: 'a', asOf: TICK, readings: [reading] }];
    const [report] = judged(rule([band({ measure: 'a', above: 80 })]), taken).reports;
    expect(report).toMatchObject({ subject: 'run-7', subjectAt: subject.at });
    expect(report?.firing?.payload).toMatchObject({ run_id: 'run-7', value: 90 });
    expect(report?.firing?.facts).toContainEqual(['run', 'run-7']);
  });
});

describe('a threshold of recovery', () => {
  const backlog = rule([
    band({ measure: 'a', above: 20 }, { alertType: 'backlog', recovers: { measure: 'a', atMost: 10 } }),
  ]);

  it.each([
    [21, 'fires'],
    [20, 'holds'],
    [11, 'holds'],
    [10, 'is over'],
  ])('of 10 under a limit of 20: at %d it %s', (a, expected) => {
    const [report] = judged(backlog, took({ a })).reports;
    const is = report?.firing ? 'fires' : report?.notRecovered ? 'holds' : 'is over';
    expect(is).toBe(expected);
  });
});

/** The tick at which it first fires, minutes after noon, by the judging and the door together. */
const firesAt = (
  declared: RuleDefinition,
  schedule: string,
  values: Readonly<Record<number, number | null>>,
) => {
  const { monitor, rule: snapshot } = snapshotOf(declared, { schedule });
  let state = UNSEEN;
  for (const [minute, a] of Object.entries(values)) {
    const at = new Date(Date.parse(TICK) + Number(minute) * 60_000);
    const { reports } = judge({
      monitor,
      rule: snapshot,
      taken: took({ a }, at.toISOString()),
      history: [],
      tick: at.toISOString(),
    });
    for (const report of reports)
      state = advance({ before: state, seen: { report }, timing: report.rule.timing, nowMs: at.getTime() });
    if (state.told) return Number(minute);
  }
  return undefined;
};

describe('a wait', () => {
  const pollution = rule([band({ measure: 'a', above: 30 })], { for: '15m' });

  it('fires at 12:15 after 35, 35, 35, 35, and begins anew after a 29 (DRAFT-31)', () => {
    expect(firesAt(pollution, '*/5 * * * *', { 0: 35, 5: 35, 10: 35, 15: 35 })).toBe(15);
    expect(firesAt(pollution, '*/5 * * * *', { 0: 35, 5: 35, 10: 29, 15: 35, 20: 35, 25: 35, 30: 35 })).toBe(
      30,
    );
  });

  it('is neither begun nor gone on with by a null (DRAFT-31)', () => {
    expect(firesAt(pollution, '*/5 * * * *', { 0: null, 5: 35, 10: 35, 15: 35, 20: 35 })).toBe(20);
    expect(firesAt(pollution, '*/5 * * * *', { 0: 35, 5: 35, 10: null, 15: 35 })).toBeUndefined();
  });

  it('of 5 min fires at the fourth look every 2 min, and at the second every 10 min (TRACKS-53)', () => {
    const cpu = rule([band({ measure: 'a', above: 90 })], { for: '5m' });
    expect(firesAt(cpu, '*/2 * * * *', { 0: 95, 2: 95, 4: 95, 6: 95 })).toBe(6);
    expect(firesAt(cpu, '*/10 * * * *', { 0: 95, 10: 95 })).toBe(10);
  });

  it('counts the looks of a rule that is judged at every fifth tick', () => {
    const slow = rule([band({ measure: 'a', above: 90 })], { for: '5m', every: 5 });
    const all = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n * 2, 95]));
    expect(firesAt(slow, '*/2 * * * *', all)).toBe(10);
  });
});
