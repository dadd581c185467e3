// What `sexton ladder --at` tells beforehand is what an escalation would do: repeats, quiet hours, turns, empty tiers.
import { describe, expect, it } from 'vitest';
import { type PreviewInput, previewLadder } from '../../src/client/ladder-preview.ts';
import type { Rotation } from '../../src/domain/alerts/on-call.ts';
import { at, policyOf, T0 } from '../support/alerts/ladders.ts';
import { MINUTE } from '../support/alerts/policies.ts';

const rotation = (first: string): Rotation => ({
  name: 'primary',
  zone: 'UTC',
  members: ['anna', 'bert'],
  everyHours: 24,
  first,
  overrides: [],
});

const preview = (change: Partial<PreviewInput>): readonly string[] =>
  previewLadder({
    policy: policyOf([
      [0, 'first'],
      [30, 'page', { notify: ['primary'] }],
    ]),
    directory: {
      roles: {},
      people: { anna: { targets: ['slack:anna'] }, bert: { targets: ['slack:bert'] } },
      rotations: { primary: rotation('2026-02-10T12:15'), later: rotation('2031-01-01T00:00') },
    },
    atMs: T0,
    severity: 'warning',
    ...change,
  }).map(({ atMs, tier, tells, marks, reason, held }) => {
    const told = tells.flatMap(({ targets }) => targets).join(' ');
    const more = [told, ...marks, reason, held && `waits until ${held.until}`].filter(Boolean).join(', ');
    return `+${(atMs - T0) / MINUTE}m ${tier}: ${more}`;
  });

describe('the preview of a ladder', () => {
  it('asks whose turn it is at each wake', () => {
    expect(preview({})).toEqual(['+0m first: slack:first', '+30m page: slack:anna']);
    expect(preview({ atMs: at(24 * 60) })).toEqual([
      `+${24 * 60}m first: slack:first`,
      `+${24 * 60 + 30}m page: slack:bert`,
    ]);
  });

  it('has every repeat, for a day after the last tier', () => {
    const policy = policyOf([
      [0, 'first', { repeat: { everySeconds: 600, times: 2 } }],
      [30, 'page', { repeat: { everySeconds: 8 * 3600 } }],
    ]);
    expect(preview({ policy })).toEqual([
      '+0m first: slack:first',
      '+10m first: slack:first, repeated',
      '+20m first: slack:first, repeated',
      '+30m page: slack:page',
      '+510m page: slack:page, repeated',
      '+990m page: slack:page, repeated',
      '+1470m page: slack:page, repeated',
    ]);
  });

  it('waits in quiet hours, and tells in the morning what had waited', () => {
    const windows = [{ fromMinutes: 12 * 60 + 20, toMinutes: 18 * 60, zone: 'UTC' }];
    const policy = policyOf(
      [
        [0, 'first'],
        [30, 'page'],
      ],
      { quietHours: { windows, below: 'high' } },
    );
    const lines = preview({ policy });
    expect(lines.slice(0, 2)).toEqual([
      '+0m first: slack:first',
      '+30m page: waits until 2026-02-10T18:00:00.000Z',
    ]);
    expect(lines.at(-1)).toBe('+360m page: slack:page');
    expect(preview({ policy, severity: 'high' })).toEqual([
      '+0m first: slack:first',
      '+30m page: slack:page',
    ]);
  });

  it('passes a tier that leads to nobody at once', () => {
    const policy = policyOf([
      [0, 'first', { notify: ['later'] }],
      [30, 'page'],
    ]);
    expect(preview({ policy }).slice(0, 3)).toEqual([
      '+0m first: ',
      '+0m page: slack:page, nobody-in/first, nobody in the tier before',
    ]);
  });

  it('shows what an acknowledgement and a snooze change', () => {
    const policy = policyOf(
      [
        [0, 'first'],
        [30, 'page'],
      ],
      { ackExpiresSeconds: 3600 },
    );
    expect(preview({ policy, ackAtMs: at(10), snoozeAtMs: at(80) })).toEqual([
      '+0m first: slack:first',
      '+10m acknowledged: ',
      '+70m first: slack:first, acknowledgement expired',
      '+80m snoozed for 1h: ',
      '+140m first: slack:first, snooze ended',
      '+150m page: slack:page',
    ]);
  });
});
