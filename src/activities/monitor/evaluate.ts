// `evaluate`: one tick of a monitor, from its measures to the door. Tried again after a crash it measures anew, and what
// it tells and stores is the same tick's: the door and the samples take it once.
import { readOverrides } from '../../adapters/postgres/alerts/rule-overrides.ts';
import { readStanding, writeEvaluation } from '../../adapters/postgres/monitors/evaluations.ts';
import {
  counterSamples,
  readCounters,
  readHistory,
  readLastTaken,
  writeSamples,
} from '../../adapters/postgres/monitors/samples.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { MOST_HAND_OVERS } from '../../domain/alerts/alert.ts';
import { SEVERITIES } from '../../domain/alerts/severity.ts';
import {
  type EvaluateInput,
  type Evaluation,
  FAILURES_TOLD,
  firingOfRules,
  newestTick,
} from '../../domain/monitors/evaluation.ts';
import { historyNeeds } from '../../domain/monitors/history-needs.ts';
import { homeDatabaseBack, monitorNoticer } from '../../domain/monitors/home-database.ts';
import { judge } from '../../domain/monitors/judge.ts';
import type { MonitorSnapshot } from '../../domain/monitors/monitor.ts';
import { applyOverrides } from '../../domain/monitors/overrides.ts';
import { recordsOf } from '../../domain/monitors/record.ts';
import { createObserve } from '../alerts/observe.ts';
import type { Dependencies } from '../dependencies.ts';
import { keepBeating } from '../keep-beating.ts';
import { createMeasureKinds } from '../measures/index.ts';
import { type TakenMeasure, takeMeasures } from '../measures/take-measures.ts';
import { awayFailure, isAway } from './away.ts';
import { asksWhenTaken, type JudgedRule, mergedNeeds, raisedOf, ruleResult, samplesOf } from './tally.ts';
import { writeDown } from './write-down.ts';
import { type FailedWrite, writeTick } from './write-tick.ts';

export const createEvaluate = (dependencies: Dependencies) => {
  const kinds = createMeasureKinds(dependencies);
  const observe = createObserve(dependencies);
  const { home } = dependencies.databases ?? {};

  const evaluate = async (input: EvaluateInput, signal: AbortSignal): Promise<Evaluation> => {
    const { pack, name: monitor, cadenceSeconds } = input.monitor;
    const named = { pack, monitor };
    const standing = await readStanding(home, named);
    const tick = newestTick(input.tick, standing.now, cadenceSeconds);
    if (standing.tick !== null && Date.parse(standing.tick) > Date.parse(tick)) return nothing(tick);
    const before = await readCounters(home, named, tick);
    const lastTaken = await readLastTaken(home, named, tick, asksWhenTaken(input.monitor));
    const asked = { monitor: input.monitor, asOf: standing.now, signal, before, lastTaken };
    const taken = await takeMeasures(kinds, asked);
    signal.throwIfAborted();
    const tuned = applyOverrides(input.monitor, await readOverrides(home, pack)).monitor;
    const told = await tell(tuned, { tick, taken, wasAway: standing.wasAway, now: standing.now });
    const records = recordsOf(input.monitor, taken, tick);
    // Once people are told. What cannot be written is told like a measure that could not be taken.
    const unwritten = await writeTick(dependencies.databases, input.monitor, { tick, taken });
    const evaluation = {
      ...tallyOf(tick, taken, told, unwritten),
      ...(records.length > 0 && { records }),
    };
    writeDown(named, records, told.judged);
    const { series, failures, rules } = evaluation;
    await inTransaction(home, async (tx) => {
      const counters = taken.flatMap(({ measure, counters: own }) =>
        own ? counterSamples(measure, own) : [],
      );
      await writeSamples(tx, named, tick, [...samplesOf(taken), ...counters]);
      await writeEvaluation(tx, named, tick, { series, failed: failures, firing: firingOfRules(rules) });
    });
    return evaluation;
  };

  const tell = async (monitor: MonitorSnapshot, { tick, taken, wasAway, now }: Telling) => {
    const named = { pack: monitor.pack, monitor: monitor.name };
    const history = await readHistory(home, named, tick, mergedNeeds(monitor.rules.map(historyNeeds)));
    const judged = monitor.rules.map((rule) => ({ rule, ...judge({ monitor, rule, taken, history, tick }) }));
    const reports = judged.flatMap((each) => each.reports);
    const complete = judged.flatMap(({ rule: { rule }, complete: whole }) =>
      whole ? [{ pack: rule.pack, rule: rule.name, subject: `tick/${tick}`, subjectAt: tick }] : [],
    );
    const back = wasAway ? [homeDatabaseBack(monitorNoticer(monitor), now)] : [];
    const found = await observe({ reports: [...reports, ...back], complete });
    return { judged, handOvers: found.slice(0, MOST_HAND_OVERS) };
  };

  return async (input: EvaluateInput): Promise<Evaluation> => {
    try {
      return await keepBeating((signal) => evaluate(input, signal));
    } catch (error) {
      throw isAway(error) ? awayFailure(error, input.ringAfterSeconds) : error;
    }
  };
};

interface Telling {
  readonly tick: string;
  readonly taken: readonly TakenMeasure[];
  readonly wasAway: boolean;
  readonly now: string;
}

type Told = Pick<Evaluation, 'handOvers'> & {
  readonly judged: readonly JudgedRule[];
};

const nothing = (tick: string): Evaluation => ({
  tick,
  superseded: true,
  measures: 0,
  series: 0,
  failures: 0,
  failed: [],
  rules: [],
  handOvers: [],
});

const tallyOf = (
  tick: string,
  taken: readonly TakenMeasure[],
  { judged, handOvers }: Told,
  unwritten: readonly FailedWrite[],
): Evaluation => {
  const untaken = taken.flatMap((each) =>
    'error' in each ? [{ measure: each.measure, ...each.error }] : [],
  );
  const failed = [...untaken, ...unwritten];
  const fired = judged.flatMap(({ reports }) => reports.flatMap(({ firing }) => firing?.severity ?? []));
  const severity = SEVERITIES.findLast((each) => fired.includes(each));
  return {
    tick,
    measures: taken.length,
    series: taken.reduce((sum, each) => sum + ('readings' in each ? each.readings.length : 0), 0),
    failures: failed.length,
    failed: failed.slice(0, FAILURES_TOLD),
    rules: judged.map(ruleResult),
    ...(severity && { severity }),
    ...raisedOf(judged),
    handOvers,
  };
};
