// `npm run bench:reports`: runs every report warm, tells, and exits with 0 only where every budget is kept.
import { loadavg } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processEnv } from '../../src/config/env.ts';
import { describeCommit } from '../shared/machine.ts';
import { renderTerminal } from '../shared/report/terminal.ts';
import { writeResults } from '../shared/report/write.ts';
import { runMain, say } from '../shared/run-main.ts';
import { openGround } from './ground.ts';
import { type Measured, measureReports } from './measure.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { barsOf, type Results, renderMarkdown, tablesOf } from './results.ts';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));

const minutesSince = (start: number): number => Math.round((performance.now() - start) / 6_000) / 10;

const measureAll = async ({ subjects, runs }: BenchOptions): Promise<Results> => {
  const [now, start] = [new Date(), performance.now()];
  const ground = await openGround(processEnv(), say);
  try {
    const reports: Measured[] = [];
    const seeds: Results['settings']['seeds'][number][] = [];
    for (const subject of subjects) {
      const { pack, scenario } = subject;
      say(`${pack}: filling ${scenario}`);
      const seeded = await ground.seed(subject, now);
      say(`${pack}: ${seeded.reports.length} reports, ${runs} warm runs each`);
      const measured = await seeded.withRun((run) =>
        measureReports({ ...seeded, run }, { subject, now, runs }),
      );
      reports.push(...measured);
      seeds.push({ pack, scenario, rows: seeded.rows });
    }
    return {
      at: now.toISOString(),
      minutes: minutesSince(start),
      commit: describeCommit('../reports'),
      machine: ground.machine,
      settings: { runs, seeds },
      load: loadavg()[0] ?? Number.NaN,
      reports,
      bars: barsOf(reports),
    };
  } finally {
    await ground.close();
  }
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), RESULTS);
  const results = await measureAll(options);
  const text = renderTerminal(tablesOf(results), ['Bars']);
  if (options.json) say(text);
  process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : text);
  for (const { name, value, limit } of results.bars.filter(({ ok }) => !ok))
    say(`over its budget: ${name}, ${value.toFixed(1)} of ${limit} ms`);
  if (options.out) {
    const page = writeResults({
      folder: options.out,
      about: 'reports',
      results,
      plot: undefined,
      page: () => renderMarkdown(results),
    });
    say(`written: ${relative(process.cwd(), page)}`);
  }
  return results.bars.every(({ ok }) => ok) ? 0 : 1;
};

await runMain(main);
