// What holds of every series, whatever is seen of it and wherever a restart cuts it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertTiming } from '../../src/domain/alerts/alert.ts';
import { type AlertMemory, UNSEEN } from '../../src/domain/alerts/alert-state.ts';
import { lookOnce, MINUTE, type Sign, START, stored } from '../support/monitors/series.ts';

const SIGNS: readonly Sign[] = ['!', '!!', '.', '~', '0', 'x', '-', ' '];
const anySigns = (of: readonly Sign[] = SIGNS) => fc.array(fc.constantFrom(...of), { maxLength: 40 });

const minutes = fc.integer({ min: 0, max: 6 }).map((each) => each * 60);
const unknownPolicy = fc.record({
  means: fc.constantFrom('keep', 'fine', 'alert'),
  afterSeconds: minutes,
});
const anyTiming: fc.Arbitrary<AlertTiming> = fc.record(
  {
    forSeconds: minutes,
    keepFiringSeconds: minutes,
    cadenceSeconds: fc.constant(60),
    onGap: fc.constantFrom('hold', 'reset'),
    noData: unknownPolicy,
    error: unknownPolicy,
    flap: fc.constant({ changes: 3, withinSeconds: 600, stableSeconds: 240 }),
  },
  { requiredKeys: [] },
);

const steps = (
  signs: readonly Sign[],
  timing: AlertTiming | undefined,
  keep: (memory: AlertMemory, place: number) => AlertMemory = (memory) => memory,
): readonly AlertMemory[] => {
  let memory = UNSEEN;
  return signs.map((sign, place) => {
    memory = keep(lookOnce(memory, START + place * MINUTE, sign, timing), place);
    return memory;
  });
};

const plain = (memories: readonly AlertMemory[]): unknown => memories.map(stored);

describe('every series', () => {
  it('goes on after a restart between any two looks as if there had been none (prom 15175, 13957)', () => {
    fc.assert(
      fc.property(anySigns(), anyTiming, fc.nat(40), (signs, timing, cut) => {
        const restarted = steps(signs, timing, (memory, place) => (place === cut ? stored(memory) : memory));
        expect(plain(restarted)).toEqual(plain(steps(signs, timing)));
      }),
    );
  });

  it('takes what it is told twice as told once', () => {
    fc.assert(
      fc.property(anySigns(), anyTiming, (signs, timing) => {
        let memory = UNSEEN;
        signs.forEach((sign, place) => {
          const once = lookOnce(memory, START + place * MINUTE, sign, timing);
          const twice = lookOnce(once, START + place * MINUTE, sign, timing);
          expect(stored(twice)).toEqual(stored(once));
          memory = once;
        });
      }),
    );
  });

  it('is neither started nor ended by a look without a value, where nothing is said of those', () => {
    fc.assert(
      fc.property(anySigns(), minutes, minutes, (signs, forSeconds, keepFiringSeconds) => {
        const timing = { forSeconds, keepFiringSeconds, cadenceSeconds: 60 };
        const all = steps(signs, timing);
        all.forEach((memory, place) => {
          if (signs[place] !== '0' && signs[place] !== 'x') return;
          const before = all[place - 1] ?? UNSEEN;
          expect(memory.course).toEqual(before.course);
          expect(memory.told).toEqual(before.told);
        });
      }),
    );
  });

  it('fires only after an unbroken row of true looks that is as long as its for', () => {
    fc.assert(
      fc.property(anySigns(), minutes, (signs, forSeconds) => {
        const all = steps(signs, { forSeconds, cadenceSeconds: 60, keepFiringSeconds: 120 });
        all.forEach((memory, place) => {
          if (!memory.told || all[place - 1]?.told) return;
          const row = signs.slice(Math.max(0, place - forSeconds / 60), place + 1);
          expect(row.length).toBe(forSeconds / 60 + 1);
          // Nobody looking for a minute is no gap yet; any other sight than a true one ends the row.
          expect(row.filter((sign) => sign === '.' || sign === '~' || sign === '0' || sign === 'x')).toEqual(
            [],
          );
        });
      }),
    );
  });

  it('resolves exactly when it was fine for as long as it keeps firing', () => {
    const seen: readonly Sign[] = ['!', '!!', '.', '~'];
    fc.assert(
      fc.property(anySigns(seen), minutes, (signs, keepFiringSeconds) => {
        const all = steps(signs, { keepFiringSeconds, cadenceSeconds: 60 });
        let fine = Number.NEGATIVE_INFINITY;
        let fires = false;
        signs.forEach((sign, place) => {
          if (sign === '.' && signs[place - 1] !== '.') fine = place;
          if (sign === '!' || sign === '!!') fires = true;
          else if (sign === '.' && place - fine >= keepFiringSeconds / 60) fires = false;
          expect(all[place]?.told !== undefined).toBe(fires);
        });
      }),
    );
  });

  it('never fires again because its source has come back, while what it fired for was true all along (grafana 58386)', () => {
    const kept: AlertTiming = { cadenceSeconds: 60, error: { means: 'alert' }, noData: { means: 'keep' } };
    fc.assert(
      fc.property(anySigns(['!!', '0', 'x']), minutes, (signs, forSeconds) => {
        const all = steps(signs, { ...kept, forSeconds });
        const first = all.findIndex(({ told }) => told?.severity === 'critical');
        if (first < 0) return;
        for (const { told } of all.slice(first)) expect(told?.summary).toBe('critical');
      }),
    );
  });
});
