// What has to be so after a chaotic run, whatever happened to it.
import { expect } from 'vitest';
import type { ChaosReport } from './chaos-report.ts';

export const expectExact = (report: ChaosReport): void => {
  const { exact, result, late, endings, endingsOfOther, state, attempts, history } = report;

  expect(result).toMatchObject({ state: 'completed', remaining: 0 });
  expect(exact).toEqual({
    ledger: exact.gone,
    gone: exact.gone,
    goneTwice: 0,
    goneThoughYoung: 0,
    leftThoughDue: 0,
  });
  expect(endings.map(({ action }) => action)).toEqual(['CLEANUP_COMPLETED']);
  expect(endings[0]?.metadata).toMatchObject({ records_processed: result.deleted, batches: result.batches });
  expect(endingsOfOther).toMatchObject([{ action: 'CLEANUP_FAILED', metadata: { error_code: 'RUN_LOST' } }]);

  // A commit that was on its way when the fault came may still arrive, and so may the batch after it.
  expect(late.filter(({ batches }) => batches > 2)).toEqual([]);
  expect(attempts.outOfTurn).toBe(0);

  // Told in the run's details and in its one ending alike.
  expect(state.mishaps?.takenOver).toBeGreaterThanOrEqual(attempts.takenOver);
  expect(state.mishaps?.takenOver).toBeGreaterThan(0);
  expect(state.mishaps?.raised).toBeGreaterThan(0);
  expect(endings[0]?.metadata).toMatchObject({
    taken_over: state.mishaps?.takenOver,
    lock_retaken: state.mishaps?.raised,
  });

  expect(history.slicesOfNewRelease).toBeGreaterThan(0);
  expect(history.failedTasks).toEqual([]);
};
