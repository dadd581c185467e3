// Rules as people tune them at run time (DRAFT-68): whatever is set, a rule stays sound or stays as it was.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyOverrides, type RuleOverride } from '../../../src/domain/monitors/overrides.ts';
import { bandFaults, routeFaultsOfBands } from '../../../src/domain/monitors/rule-faults.ts';
import { findTunable, tunables } from '../../../src/domain/monitors/tunable.ts';
import { band, rule, snapshotOf } from '../../support/monitors/declared-monitors.ts';

const { monitor } = snapshotOf(
  rule(
    [
      band(
        { measure: 'a', above: 30 },
        { alertType: 'medium', response: '4h', recovers: { measure: 'a', atMost: 20 } },
      ),
      band(
        {
          any: [
            { measure: 'a', above: 50 },
            { measure: 'b', above: 100 },
          ],
        },
        { alertType: 'high', severity: 'high' },
      ),
    ],
    { for: '15m', minimum: { measure: 'c', atLeast: 5 } },
  ),
);

const override = (field: string, value: string): RuleOverride => ({
  pack: 'garden',
  rule: 'drafts',
  field,
  value,
  by: 'ana',
  reason: 'too many',
  since: '2026-02-10T12:00:00Z',
});

const tuned = (...figures: readonly (readonly [string, string])[]) => {
  const result = applyOverrides(
    monitor,
    figures.map(([field, value]) => override(field, value)),
  );
  const [only] = result.monitor.rules;
  return { ...result, rule: only!, reasons: result.refused.map(({ reason }) => reason) };
};

describe('a rule', () => {
  it('has these figures that may be set, each under a name', () => {
    expect(tunables(monitor.rules[0]!).map(({ field, value }) => `${field} ${value}`)).toEqual([
      'for 15m',
      'keepFiring 0s',
      'reopenWithin 5m',
      'reopenAfter 30m',
      'minimum 5',
      'medium.severity warning',
      'medium.response 4h',
      'medium.a.above 30',
      'medium.recovers.a.atMost 20',
      'high.severity high',
      'high.a.above 50',
      'high.b.above 100',
    ]);
    expect(findTunable(monitor.rules[0]!, 'b.above').map(({ field }) => field)).toEqual(['high.b.above']);
    expect(findTunable(monitor.rules[0]!, 'above')).toHaveLength(3);
  });

  it('takes threshold, wait, severity and response, and remembers what is declared (DRAFT-68)', () => {
    const {
      rule: changed,
      applied,
      reasons,
    } = tuned(
      ['medium.a.above', '40'],
      ['for', '30m'],
      ['medium.severity', 'high'],
      ['medium.response', '2h'],
    );
    expect(reasons).toEqual([]);
    expect(changed.bands[0]).toMatchObject({
      severity: 'high',
      severityWord: 'high',
      when: { measure: 'a', above: 40 },
    });
    expect(changed.rule.timing?.forSeconds).toBe(1800);
    expect(changed.rule.routes.high?.tiers.map(({ afterSeconds }) => afterSeconds / 60)).toEqual([
      0, 120, 150,
    ]);
    expect(applied.map(({ field, declared }) => [field, declared])).toEqual([
      ['medium.a.above', '30'],
      ['for', '15m'],
      ['medium.severity', 'warning'],
      ['medium.response', '4h'],
    ]);
  });

  it('stays as it is where it would not be sound, or the figure is none, and says why', () => {
    const { rule: changed, reasons } = tuned(
      ['medium.a.above', '60'],
      ['for', 'long'],
      ['high.severity', 'info'],
      ['low.a.above', '3'],
      ['medium.recovers.a.atMost', '35'],
    );
    expect(changed).toEqual(monitor.rules[0]);
    expect(reasons).toEqual([
      'bands.0.when must be able to count: whenever it holds, so does the later band (a above 50 or b above 100)',
      'for must be a duration, such as 15m or 0s',
      'bands.1.severity must not be below the band before it (warning)',
      'drafts has no low.a.above that could be set',
      'bands.0.recovers must not hold while the band does (a above 30)',
    ]);
  });

  it('takes two that are sound only together, in whatever order they were set', () => {
    const both = [
      ['medium.a.above', '60'],
      ['high.a.above', '80'],
    ] as const;
    for (const figures of [both, both.toReversed()]) {
      const { reasons, rule: changed } = tuned(...figures);
      expect(reasons).toEqual([]);
      expect(changed.bands[0].when).toEqual({ measure: 'a', above: 60 });
    }
  });

  it('has the last value of a figure that was set twice, and none of another pack’s or rule’s', () => {
    const other = [
      { ...override('for', '9m'), pack: 'field' },
      { ...override('for', '9m'), rule: 'leaves' },
    ];
    const { applied } = applyOverrides(monitor, [override('for', '1m'), override('for', '2m'), ...other]);
    expect(applied.map(({ value }) => value)).toEqual(['2m']);
  });

  it('is sound whatever is set', () => {
    const fields = tunables(monitor.rules[0]!).map(({ field }) => field);
    const value = fc.oneof(
      fc.integer({ min: -5, max: 120 }).map(String),
      fc.constantFrom('0s', '5m', '9h', 'info', 'warning', 'high', 'critical', '', '1e3', 'NaN'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...fields), value), { maxLength: 6 }), (figures) => {
        const { rule: changed, applied, refused } = tuned(...figures);
        expect([
          ...bandFaults(changed.bands),
          ...routeFaultsOfBands(changed.bands, changed.rule.routes),
        ]).toEqual([]);
        expect(applied.length + refused.length).toBe(new Set(figures.map(([field]) => field)).size);
      }),
      { numRuns: 200 },
    );
  });
});
