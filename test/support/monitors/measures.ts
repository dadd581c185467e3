// Measures taken as an evaluation takes them, on the suite's real servers.
import { createMeasureKinds } from '../../../src/activities/measures/index.ts';
import type { LookingDependencies } from '../../../src/activities/measures/looking.ts';
import type { Counters } from '../../../src/activities/measures/measure-kind.ts';
import { type TakenMeasure, takeMeasures } from '../../../src/activities/measures/take-measures.ts';
import { measuresSchema } from '../../../src/catalog/schema/measures.ts';
import type { Reading } from '../../../src/domain/monitors/measure.ts';
import type { MeasureDefinition } from '../../../src/index.ts';

interface TakeOptions {
  readonly before?: Counters;
  readonly asOf?: string;
  readonly pack?: string;
}

export type Take = (measure: MeasureDefinition, options?: TakeOptions) => Promise<TakenMeasure>;

/** As a pack declares it, through the schema and the kind. */
export const takerOf =
  (dependencies: LookingDependencies): Take =>
  async (measure, { before, asOf = new Date().toISOString(), pack = 'test-pack' } = {}) => {
    const measures = measuresSchema.parse({ it: measure });
    const [taken] = await takeMeasures(createMeasureKinds(dependencies), {
      monitor: { pack, measures },
      asOf,
      signal: new AbortController().signal,
      before: new Map(before ? [['it', before]] : []),
    });
    if (!taken) throw new Error('nothing was taken');
    return taken;
  };

export const readingsOf = (taken: TakenMeasure): readonly Reading[] => {
  if ('error' in taken) throw new Error(`${taken.error.type}: ${taken.error.message}`);
  return taken.readings;
};

/** Of a measure with one series. */
export const valueOf = (taken: TakenMeasure): number | null | undefined => readingsOf(taken)[0]?.value;

export const errorOf = (taken: TakenMeasure): string =>
  'error' in taken ? `${taken.error.type}: ${taken.error.message}` : 'none';
