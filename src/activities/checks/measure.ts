// `measure`: any measure that monitors take, judged by limits of its own.
import type { MeasureParams } from '../../domain/health/check-params.ts';
import type { Finding } from '../../domain/health/finding.ts';
import { judgeReadings } from '../../domain/health/judge-measure.ts';
import { createMeasureKinds } from '../measures/index.ts';
import { MeasureError } from '../measures/measure-kind.ts';
import { type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

export const createMeasureCheck = (dependencies: CheckDependencies): CheckKind => {
  const kinds = createMeasureKinds(dependencies);
  return async (asked): Promise<Finding> => {
    const params = paramsOfCheck(asked) as MeasureParams;
    const { kind, with: own } = params.measure;
    const take = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!take) throw new MeasureError('UNKNOWN_KIND', `this worker knows no measure of kind ${kind}`);
    const { pack, asOf, timeoutMs, signal } = asked;
    const { readings } = await take({ pack, params: own, asOf, timeoutMs, signal, before: undefined });
    return judgeReadings(readings, params);
  };
};
