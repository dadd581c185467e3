// The pack's monitor of jobs over the runs of one job, for tests of its worked examples.
import type { FoundRun } from '../../../src/domain/monitors/found-runs.ts';
import { failed, ran } from '../monitors/found-runs.ts';
import { alertsOf, judgedReports, slaMonitor, tookRuns } from './sla-pack.ts';

export const MONITOR = slaMonitor('monitor_cleanup_sla');

export const judged = (runs: readonly FoundRun[], monitor = MONITOR) =>
  judgedReports(monitor, tookRuns(monitor, { links: runs }));

export const typesOf = (runs: readonly FoundRun[], monitor = MONITOR) =>
  alertsOf(judged(runs, monitor)).map((each) => each.replace('links ', ''));

export const valueOf = (measure: string, runs: readonly FoundRun[]): number | null | undefined => {
  const taken = tookRuns(MONITOR, { links: runs }).find((each) => each.measure === measure);
  return taken && 'readings' in taken ? taken.readings[0]?.value : undefined;
};

/** Of the one alert. */
export const payloadOf = (runs: readonly FoundRun[]) =>
  judged(runs).find(({ firing }) => firing)?.firing?.payload;

/** So many runs of the last 24 h, the newest last: success, failure, lock skip. */
export const row = (letters: string): readonly FoundRun[] =>
  Array.from(letters.replaceAll(' ', ''))
    .map((letter, place, all) => {
      const startedAgo = (all.length - place) * 600;
      if (letter === 'F') return failed(startedAgo);
      return ran(startedAgo, letter === 'K' ? 0 : 60, letter === 'K' ? { state: 'skipped' } : {});
    })
    .toReversed();

export const older = (run: FoundRun, byDays: number): FoundRun => {
  const moved = (iso: string | null) => iso && new Date(Date.parse(iso) - byDays * 86_400_000).toISOString();
  return { ...run, startedAt: moved(run.startedAt), endedAt: moved(run.endedAt) };
};
