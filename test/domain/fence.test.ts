// The fence's verdicts one by one, and then every interleaving that fast-check finds of runs that begin, slices
// that enter, lose their lock and raise, zombies that wake up, and runs that end.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claim, type FenceVerdict, judgeFence } from '../../src/domain/jobs/fence.ts';
import { type Attempt, aFenceModel } from '../support/jobs/fence-model.ts';

const claim = (change: Partial<Claim> = {}): Claim => ({
  runId: 'a',
  epoch: 3,
  slice: 2,
  attempt: 2,
  ...change,
});

describe('a claim on a fence row', () => {
  it.each<[string, Partial<Claim> | undefined, FenceVerdict]>([
    ['enters after an earlier attempt of its slice', { attempt: 1 }, 'enter'],
    ['enters after any attempt of an earlier slice', { slice: 1, attempt: 9 }, 'enter'],
    ['enters a row that its run has only begun', { slice: 0, attempt: 0 }, 'enter'],
    ['enters under an epoch that its run has raised since', { epoch: 4, attempt: 1 }, 'enter'],
    ['is superseded by itself: no attempt enters twice', {}, 'superseded'],
    ['is superseded by a later attempt of its slice', { attempt: 3 }, 'superseded'],
    ['is superseded by the first attempt of a later slice', { slice: 3, attempt: 1 }, 'superseded'],
    ['is superseded under a raised epoch as well', { epoch: 9, slice: 3 }, 'superseded'],
    ['is superseded once its run has ended', { slice: 2_147_483_647, attempt: 0 }, 'superseded'],
    ['is taken over by another run under a higher epoch', { runId: 'b', epoch: 4 }, 'takenOver'],
    ['goes on from a database that went back before its epoch', { epoch: 2, slice: 9 }, 'restore'],
    ['goes on from a database that went back to another run', { runId: 'b', epoch: 2 }, 'restore'],
    ['goes on from a database that went back to nothing', undefined, 'restore'],
  ])('%s', (_, row, verdict) => {
    expect(judgeFence(row && claim(row), claim())).toBe(verdict);
  });
});

const RUN = ['begin', 'end', 'slice', 'retry'] as const;
const ATTEMPT = ['enter', 'raise', 'batch'] as const;

type Step =
  | { readonly do: (typeof RUN)[number]; readonly run: number }
  | { readonly do: (typeof ATTEMPT)[number]; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom(...RUN), run: fc.nat(2) }),
  fc.record({ do: fc.constantFrom(...ATTEMPT), which: fc.nat(4) }),
);

const interleaving = fc.array(step, { maxLength: 60, size: 'max' });

/** Whether `one` may never act again, because `other` was let in. */
const supersedes = (other: Attempt, one: Attempt): boolean =>
  other.runId !== one.runId
    ? other.enteredAt > one.createdAt
    : other.slice > one.slice || (other.slice === one.slice && other.attempt > one.attempt);

describe('however runs, slices and zombies interleave', () => {
  const walk = (steps: readonly Step[], check: (model: ReturnType<typeof aFenceModel>) => void): void => {
    const model = aFenceModel();
    for (const next of steps) {
      if ('which' in next) model.act(next.which, next.do);
      else model[next.do](`run-${next.run}`);
      check(model);
    }
  };

  it('at most one attempt may write a batch at a time', () => {
    const property = fc.property(interleaving, (steps) => {
      walk(steps, (model) => expect(model.holders().length).toBeLessThanOrEqual(1));
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('an attempt that was superseded, taken over or shut out is never let in again', () => {
    const property = fc.property(interleaving, (steps) => {
      walk(steps, (model) => {
        for (const { attempt, past } of model.acts()) {
          const shutOut = past.ended.has(attempt.runId);
          const replaced = past.entered.some((other) => supersedes(other, attempt));
          const owner = past.owner;
          const overtaken = owner !== undefined && owner !== attempt.runId;
          expect({ attempt, letIn: true, shutOut, replaced, overtaken }).toMatchObject({
            shutOut: false,
            replaced: false,
            overtaken: false,
          });
        }
      });
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
