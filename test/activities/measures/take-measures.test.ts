// Measures side by side: a few at once, each in its own time, whatever another does. No server is asked.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMeasureKinds } from '../../../src/activities/measures/index.ts';
import type { LookingDependencies } from '../../../src/activities/measures/looking.ts';
import { MeasureError, type MeasureKind } from '../../../src/activities/measures/measure-kind.ts';
import { takeMeasures } from '../../../src/activities/measures/take-measures.ts';
import { measuresSchema } from '../../../src/catalog/schema/measures.ts';

const ASOF = '2026-02-10T12:00:00.000000Z';

const take = (kinds: Readonly<Record<string, MeasureKind>>, names: readonly string[], timeoutSeconds = 10) =>
  takeMeasures(kinds, {
    monitor: {
      pack: 'p',
      measures: Object.fromEntries(
        names.map((name, place) => [`${name}${place}`, { kind: name, timeoutSeconds, with: {} }]),
      ),
    },
    asOf: ASOF,
    signal: new AbortController().signal,
    before: new Map(),
  });

const fine: MeasureKind = async ({ asOf }) => ({ asOf, readings: [{ labels: {}, value: 1 }] });

describe('measures of a monitor', () => {
  it('are taken at most five at once, and answered in the order of their declaration', async () => {
    let going = 0;
    let most = 0;
    const counting: MeasureKind = async (asked) => {
      going += 1;
      most = Math.max(most, going);
      await new Promise((resolve) => setImmediate(resolve));
      going -= 1;
      return fine(asked);
    };
    const taken = await take(
      { counting },
      Array.from({ length: 12 }, () => 'counting'),
    );
    expect(most).toBe(5);
    expect(taken.map(({ measure }) => measure)).toEqual(
      Array.from({ length: 12 }, (_, place) => `counting${place}`),
    );
  });

  it('that throw or are unknown cost their own readings only, and say nothing of what an address keeps secret', async () => {
    const kinds: Readonly<Record<string, MeasureKind>> = {
      fine,
      throws: async () => {
        throw new Error('cannot reach postgres://ana:hush@db/app\n  at once');
      },
      refuses: async () => {
        throw new MeasureError('BAD_VALUE', 'no number');
      },
    };
    expect(await take(kinds, ['throws', 'fine', 'refuses', 'constructor'])).toEqual([
      {
        measure: 'throws0',
        asOf: ASOF,
        error: { type: 'FAILED', message: 'cannot reach postgres://…@db/app at once' },
      },
      { measure: 'fine1', asOf: ASOF, readings: [{ labels: {}, value: 1 }] },
      { measure: 'refuses2', asOf: ASOF, error: { type: 'BAD_VALUE', message: 'no number' } },
      {
        measure: 'constructor3',
        asOf: ASOF,
        error: { type: 'UNKNOWN_KIND', message: 'this worker knows no measure of kind constructor' },
      },
    ]);
  });

  it('that hang and do not listen are waited for until their time is over, and no longer', async () => {
    let told = false;
    const deaf: MeasureKind = ({ signal }) => {
      signal.addEventListener('abort', () => {
        told = true;
      });
      return new Promise(() => {});
    };
    const [hung, other] = await take({ deaf, fine }, ['deaf', 'fine'], 0.05);
    expect(hung).toMatchObject({ error: { type: 'TIMEOUT', message: 'no answer within 0.05 s' } });
    expect(told).toBe(true);
    expect(other).toHaveProperty('readings');
  });
});

describe('the kinds of measure', () => {
  it('are a file each, in the registry, and what declarations may name', () => {
    const folder = new URL('../../../src/activities/measures/', import.meta.url);
    const shared = ['declared', 'index', 'looking', 'measure-kind', 'take-measures'];
    const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
    const kinds = files.filter((file) => !shared.includes(file)).toSorted();
    expect(Object.keys(createMeasureKinds({} as LookingDependencies)).toSorted()).toEqual(kinds);
    const message = measuresSchema.safeParse({ it: { kind: 'none' } }).error?.issues[0]?.message ?? '';
    expect(message.replace('must be one of ', '').split(', ').toSorted()).toEqual(kinds);
  });
});
