// `alerting`: how well Sexton tells people, by the rows that telling them leaves; and how late its monitors are. What is
// about the telling itself is left out, so that an alert that cannot be told does not keep itself alive.
import {
  type AlertingFigures,
  readAlertingFigures,
} from '../../adapters/postgres/alerts/alerting-figures.ts';
import { readAllTickAges } from '../../adapters/postgres/monitors/evaluations.ts';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import { monitorId } from '../../domain/ids.ts';
import type { Reading } from '../../domain/monitors/measure.ts';
import type { AlertingFigure, AlertingParams } from '../../domain/monitors/measure-params.ts';
import type { DeclaredMonitor, LookingDependencies } from './looking.ts';
import { type MeasureKind, paramsOf, single } from './measure-kind.ts';

export const createAlertingMeasure =
  ({ databases, declared }: LookingDependencies): MeasureKind =>
  async (asked) => {
    const { of, withinSeconds } = paramsOf(asked) as AlertingParams;
    return lookReadOnly(databases.home, asked, async (tx, asOf) => {
      if (of === 'monitor-lateness')
        return { asOf, readings: lateness(declared?.monitors ?? [], await readAllTickAges(tx)) };
      const figures = figuresOf(await readAlertingFigures(tx, { withinSeconds }));
      return { asOf, readings: single(figures[of]) };
    });
  };

/** Null where nothing happened that it could be told of. */
const figuresOf = ({
  notify,
  acknowledge,
  resolve,
  untold,
  overdue,
  stuck,
  deadLetters,
  channels,
}: AlertingFigures): Readonly<Record<Exclude<AlertingFigure, 'monitor-lateness'>, number | null>> => {
  const failed = channels.reduce((sum, each) => sum + each.failed, 0);
  const tries = channels.reduce((sum, each) => sum + each.sent, failed);
  return {
    'notify-p95': notify.p95,
    'acknowledge-p95': acknowledge.p95,
    'resolve-p95': resolve.p95,
    untold,
    overdue: overdue.count,
    'overdue-seconds': overdue.worstSeconds,
    stuck,
    'dead-letters': deadLetters,
    'failed-share': tries === 0 ? null : failed / tries,
  };
};

const CADENCES = 2;

/** One that was never evaluated has no value: it may be new. The dead man's switch is the one that does not wait for it. */
const lateness = (
  monitors: readonly DeclaredMonitor[],
  ages: ReadonlyMap<string, { readonly seconds: number; readonly tick: string }>,
): readonly Reading[] =>
  monitors.map(({ pack, name, cadenceSeconds, longestGapSeconds = cadenceSeconds }) => {
    const id = monitorId(pack, name);
    const age = ages.get(id);
    return {
      labels: { monitor: id },
      value: age ? Math.max(0, age.seconds - CADENCES * longestGapSeconds) : null,
      ...(age && { facts: [['newest tick', age.tick]] }),
    };
  });
