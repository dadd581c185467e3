// `checkHealth`: one tick of a health check, from its probes to the door and the rows. Tried again after a crash it probes
// anew, and what it tells and stores is the same tick's: the door, the samples and the report take it once.
import { writeHealthReport } from '../../adapters/postgres/health/reports.ts';
import { writeLetter } from '../../adapters/postgres/letters/letters.ts';
import {
  readStanding,
  type Standing,
  writeEvaluation,
} from '../../adapters/postgres/monitors/evaluations.ts';
import { type NewSample, writeSamples } from '../../adapters/postgres/monitors/samples.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { type HandOver, MOST_HAND_OVERS, type Report } from '../../domain/alerts/alert.ts';
import { SEVERITIES } from '../../domain/alerts/severity.ts';
import { healthComplete, healthReports, noticer } from '../../domain/health/alerts.ts';
import {
  type Checked,
  type CheckHealthInput,
  type HealthReport,
  healthReport,
  statusNumber,
} from '../../domain/health/health.ts';
import { HEALTH_LETTER_KEEP_SECONDS, healthLetter } from '../../domain/health/letter.ts';
import { newestTick } from '../../domain/monitors/evaluation.ts';
import { homeDatabaseBack } from '../../domain/monitors/home-database.ts';
import { createObserve } from '../alerts/observe.ts';
import type { Dependencies } from '../dependencies.ts';
import { messageOf } from '../failures.ts';
import { keepBeating } from '../keep-beating.ts';
import { awayFailure, isAway } from '../monitor/away.ts';
import { createCheckKinds } from './index.ts';
import { runChecks } from './run-checks.ts';

export const createCheckHealth = (dependencies: Dependencies) => {
  const kinds = createCheckKinds(dependencies);
  const observe = createObserve(dependencies);
  const { home } = dependencies.databases ?? {};

  const check = async ({ check: { pack, checks } }: CheckHealthInput, asOf: string, signal: AbortSignal) => {
    const results = await runChecks(kinds, { pack, checks, asOf, signal });
    signal.throwIfAborted();
    return healthReport(results, asOf);
  };

  const checkAndTell = async (input: CheckHealthInput, signal: AbortSignal): Promise<Checked> => {
    const { pack, name, cadenceSeconds } = input.check;
    const standing = await readStanding(home, { pack, monitor: name });
    const tick = newestTick(input.tick, standing.now, cadenceSeconds);
    const report = await check(input, standing.now, signal);
    if (standing.tick !== null && Date.parse(standing.tick) > Date.parse(tick))
      return { tick, report, superseded: true, firing: 0, handOvers: [] };
    return tell(input, { report, tick, standing });
  };

  const tell = async (input: CheckHealthInput, { report, tick, standing }: Telling): Promise<Checked> => {
    const { check: snapshot, by } = input;
    const { pack, name, checks } = snapshot;
    const reports = healthReports(snapshot, report, { tick, asOf: standing.now });
    const back = standing.wasAway ? [homeDatabaseBack(noticer(snapshot), standing.now)] : [];
    const complete = healthComplete(snapshot, tick);
    const found = await observe({ reports: [...reports, ...back], complete });
    const told = tallyOf(reports, found);
    const letter = await inTransaction(home, async (tx) => {
      const named = { pack, monitor: name };
      await writeSamples(tx, named, tick, samplesOf(report));
      await writeEvaluation(tx, named, tick, {
        series: report.checks.length,
        failed: 0,
        firing: told.firing,
      });
      await writeHealthReport(tx, { pack, name, tick, by, report, checks });
      if (by !== undefined || snapshot.summaryTo.length === 0) return undefined;
      return writeLetter(tx, healthLetter(snapshot, report, tick), HEALTH_LETTER_KEEP_SECONDS);
    });
    return { tick, report, ...(letter !== undefined && { letter }), ...told };
  };

  return (input: CheckHealthInput): Promise<Checked> =>
    keepBeating(async (signal) => {
      try {
        return await checkAndTell(input, signal);
      } catch (error) {
        if (!isAway(error)) throw error;
        if (input.by === undefined) throw awayFailure(error, input.ringAfterSeconds);
        // Somebody waits who wants to know just that: what else is away.
        const now = new Date().toISOString();
        const report = await check(input, now, signal);
        const unstored = `Sexton's database does not answer: ${messageOf(error)}`;
        return { tick: input.tick, report, unstored, firing: 0, handOvers: [] };
      }
    });
};

interface Telling {
  readonly report: HealthReport;
  readonly tick: string;
  readonly standing: Standing;
}

const tallyOf = (
  reports: readonly Report[],
  found: readonly HandOver[],
): Pick<Checked, 'firing' | 'severity' | 'handOvers'> => {
  const fired = reports.flatMap(({ firing }) => firing?.severity ?? []);
  const severity = SEVERITIES.findLast((each) => fired.includes(each));
  return {
    firing: fired.length,
    ...(severity && { severity }),
    handOvers: found.slice(0, MOST_HAND_OVERS),
  };
};

/** Status as 0, 1 or 2, and milliseconds of those that reach somebody. */
const samplesOf = ({ checks }: HealthReport): readonly NewSample[] =>
  checks.flatMap(({ name, status, latency_ms: latency }): readonly NewSample[] => {
    const of = (measure: string, value: number): NewSample => ({
      measure,
      labels: { check: name },
      state: 'ok',
      value,
    });
    return [
      of('status', statusNumber(status)),
      ...(latency === undefined ? [] : [of('latency_ms', latency)]),
    ];
  });
