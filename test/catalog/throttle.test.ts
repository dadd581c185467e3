// What a job may say of its throttle, and what a run is given of it.
import { describe, expect, it } from 'vitest';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { check } from '../../src/catalog/faults/zod.ts';
import { throttleSchema } from '../../src/catalog/schema/throttle.ts';
import { throttleSnapshot } from '../../src/catalog/snapshots/throttle.ts';
import type { ThrottleSnapshot } from '../../src/domain/jobs/throttle.ts';
import type { ThrottleDefinition } from '../../src/index.ts';

const snapshotOf = (throttle?: ThrottleDefinition, budgetSeconds = 300): ThrottleSnapshot =>
  throttleSnapshot(throttleSchema.parse(throttle), budgetSeconds);

const faultsOf = (input: unknown): readonly string[] => {
  const checked = check({ schema: throttleSchema, input, place: 'throttle' });
  return checked.ok ? [] : checked.faults.map(renderFault);
};

describe('a throttle', () => {
  it('that is not declared watches replicas and waits for locks, makes way, and may last for half of the budget', () => {
    expect(snapshotOf()).toEqual({
      replicaLagSeconds: 10,
      lockWaiters: 5,
      yield: { rest: 3 },
      limitSeconds: 150,
    });
  });

  it('keeps what is declared, as numbers', () => {
    expect(
      snapshotOf({
        replicaLag: '1m30s',
        lockWaiters: 0,
        oldestSnapshot: '1h',
        windows: [{ from: '22:00', to: '06:30', zone: 'Europe/Berlin', days: ['fri', 'sat', 'fri'] }],
        yield: { rest: 0.5 },
        limit: '10m',
      }),
    ).toEqual({
      replicaLagSeconds: 90,
      lockWaiters: 0,
      oldestSnapshotSeconds: 3600,
      windows: [{ fromMinutes: 1320, toMinutes: 390, zone: 'Europe/Berlin', days: [5, 6] }],
      yield: { rest: 0.5 },
      limitSeconds: 600,
    });
  });

  it('leaves out what is declared none', () => {
    const none = { replicaLag: 'none', lockWaiters: 'none', oldestSnapshot: 'none', yield: 'none' } as const;
    expect(snapshotOf(none)).toEqual({ limitSeconds: 150 });
    expect(snapshotOf({ yield: {} }).yield).toEqual({ rest: 3 });
  });

  const window = { from: '22:00', to: '06:00', zone: 'UTC' };
  it.each([
    [{ replicaLag: '0s' }, "replicaLag: must be a duration above 0, such as 10s, or 'none'"],
    [{ replicaLag: 10 }, 'replicaLag: must be a text'],
    [{ oldestSnapshot: 'soon' }, "oldestSnapshot: must be a duration above 0, such as 10s, or 'none'"],
    [{ lockWaiters: -1 }, 'lockWaiters: must be a whole number from 0'],
    [{ lockWaiters: 1.5 }, 'lockWaiters: must be a whole number from 0 or none'],
    [{ lockWaiters: 'off' }, 'lockWaiters: must be a whole number from 0 or none'],
    [{ windows: [] }, 'windows: must have a window; to allow every hour leave it out'],
    [{ windows: [{ ...window, to: '22:00' }] }, 'windows.0: must end at another time than it begins'],
    [
      { windows: [{ ...window, from: '24:00' }] },
      'windows.0.from: must be a time of day from 00:00 to 23:59',
    ],
    [{ windows: [{ ...window, zone: 'Mars/Base' }] }, 'windows.0.zone: must be a time zone'],
    [{ windows: [{ ...window, days: ['friday'] }] }, 'windows.0.days.0: must be sun or mon or tue'],
    [{ windows: [{ ...window, days: [] }] }, 'windows.0.days: must name at least one day'],
    [{ yield: 'off' }, 'yield: must be an object or none'],
    [{ yield: { rest: 0 } }, 'yield.rest: must be > 0'],
    [{ limit: 'none' }, 'limit: must be a duration above 0'],
    [{ walRate: '10s' }, 'walRate'],
  ])('%j is refused, with the rule that it breaks', (input, fault) => {
    const faults = faultsOf(input);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`throttle.${fault}`);
  });
});
