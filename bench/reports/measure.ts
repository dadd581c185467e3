// How long each report's statements take, warm: once to warm up, then as often as is asked for.
import type { RunReport } from '../../src/activities/reports/run-report.ts';
import { percentile } from '../shared/statistics.ts';
import type { Seeded } from './ground.ts';
import type { Subject } from './subjects.ts';

export interface Measured {
  readonly pack: string;
  readonly name: string;
  readonly number?: number;
  readonly budgetMs: number;
  readonly rows: number;
  /** The first time, nothing warm. */
  readonly firstMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** One after the other, so that nothing but the statement itself is measured. */
export const measureReports = async (
  { reports, run }: Pick<Seeded, 'reports'> & { readonly run: RunReport },
  { subject, now, runs }: { readonly subject: Subject; readonly now: Date; readonly runs: number },
): Promise<readonly Measured[]> => {
  const params = subject.params(now);
  const measured: Measured[] = [];
  for (const report of reports) {
    const input = { report, params: params[report.name] ?? {} };
    const first = await run(input);
    const spent: number[] = [];
    for (let n = 0; n < runs; n += 1) spent.push((await run(input)).durationMs);
    const { number, budgetMs } = report.report;
    measured.push({
      pack: report.pack,
      name: report.name,
      ...(number !== undefined && { number }),
      budgetMs,
      rows: first.tables[0].rows.length,
      firstMs: first.durationMs,
      p50Ms: percentile(spent, 0.5),
      p95Ms: percentile(spent, 0.95),
      maxMs: Math.max(...spent),
    });
  }
  return measured;
};
