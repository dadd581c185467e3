// One tick of a monitor: one activity measures, judges and brings it to the door; incidents that follow are handed over.
// What was missed is not made up: the next tick looks at everything again.
import {
  ApplicationFailure,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import {
  type Evaluation,
  firingOfRules,
  type MonitorInput,
  type MonitorResult,
  type MonitorState,
} from '../../domain/monitors/evaluation.ts';
import { monitorNoticer } from '../../domain/monitors/home-database.ts';
import type { MonitorSnapshot } from '../../domain/monitors/monitor.ts';
import { monitorDetails } from '../display.ts';
import { handOver } from '../hand-over.ts';
import { DESCRIPTIONS, monitorQuery } from '../messages.ts';
import { evaluateWithin } from '../proxies.ts';
import { KIND, NAME, PACK, SEVERITY, STATE } from '../search-attributes.ts';
import { asFailure, isUnanswered, plannedTick } from '../tick.ts';
import { ringForHome } from './ring-for-home.ts';

/** Measures that are taken side by side, as in src/activities/measures/take-measures.ts. */
const AT_ONCE = 5;

export async function monitorWorkflow(input: MonitorInput): Promise<MonitorResult> {
  const { monitor, ringAfterSeconds } = checked(input);
  const tick = plannedTick();
  const show = createView(monitor, tick);
  const result = await evaluate(input, tick).catch(async (error: unknown): Promise<MonitorResult> => {
    if (!isUnanswered(error)) throw asFailure(error);
    const rang = await ringForHome(monitorNoticer(monitor), { tick, seconds: ringAfterSeconds });
    return { ...NOTHING, tick, rang };
  });
  show(result);
  return result;
}

const NOTHING = {
  measures: 0,
  series: 0,
  failures: 0,
  failed: [],
  rules: [],
  firing: 0,
  incidents: [],
} as const;

const evaluate = async (
  { monitor, ringAfterSeconds }: MonitorInput,
  tick: string,
): Promise<MonitorResult> => {
  const ask = evaluateWithin(ringAfterSeconds, longestSeconds(monitor));
  const { handOvers, ...evaluation }: Evaluation = await ask({ monitor, tick, ringAfterSeconds });
  await handOver(handOvers);
  return {
    ...evaluation,
    firing: firingOfRules(evaluation.rules),
    incidents: handOvers.map(({ number }) => number),
  };
};

/** How long its measures may take where each takes all of its time. */
const longestSeconds = ({ measures }: MonitorSnapshot): number => {
  const seconds = Object.values(measures).map(({ timeoutSeconds }) => timeoutSeconds);
  return Math.ceil(seconds.length / AT_ONCE) * Math.max(0, ...seconds);
};

const createView = (monitor: MonitorSnapshot, tick: string): ((result: MonitorResult) => void) => {
  const { pack, name } = monitor;
  let view: MonitorState = { pack, monitor: name, state: 'evaluating', tick };
  setHandler(monitorQuery, () => view, { description: DESCRIPTIONS.state });
  setCurrentDetails(monitorDetails(view));
  return (result) => {
    const state = stateOf(result);
    view = { ...view, state, tick: result.tick, result };
    setCurrentDetails(monitorDetails(view));
    // At once and at the end: a tick is short, and there are many.
    upsertSearchAttributes([
      { key: PACK, value: pack },
      { key: KIND, value: 'monitor' },
      { key: NAME, value: name },
      { key: STATE, value: state },
      ...(result.severity ? [{ key: SEVERITY, value: result.severity }] : []),
    ]);
  };
};

const stateOf = ({ rang, superseded, firing }: MonitorResult): MonitorState['state'] => {
  if (rang !== undefined) return 'rang';
  if (superseded) return 'superseded';
  return firing > 0 ? 'firing' : 'fine';
};

const checked = (input: MonitorInput): MonitorInput => {
  if (input?.v === 1 && typeof input.monitor === 'object' && input.monitor.v === 1) return input;
  throw ApplicationFailure.nonRetryable(
    'a monitor is started with {v: 1, monitor, ringAfterSeconds}; `sexton run` does that',
    FAILURE_TYPES.badInput,
  );
};
