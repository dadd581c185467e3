// `npm run bench:cleanup`: measures, tells, and exits with 0 only where every bar is met.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processEnv } from '../../src/config/env.ts';
import { describeCommit, describeMachine } from '../shared/machine.ts';
import { build } from '../shared/program.ts';
import { renderTerminal } from '../shared/report/terminal.ts';
import { writeResults } from '../shared/report/write.ts';
import { runMain, say } from '../shared/run-main.ts';
import { barsOf, notMeasured } from './bars.ts';
import { type Ground, openGround } from './ground.ts';
import { LAYOUTS, type Layout, OLTP_LAYOUT } from './layouts.ts';
import { measureMemory } from './memory.ts';
import { measureOltp } from './oltp/measure-oltp.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { renderMarkdown } from './report/markdown.ts';
import { renderPlot } from './report/plot.ts';
import { LEFT_OUT, tablesOf } from './report/tables.ts';
import type { Measurements, Results } from './results.ts';
import { measureSpeed } from './speed.ts';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));

const minutesSince = (start: number): number => Math.round((performance.now() - start) / 6_000) / 10;

/** The parts that one worker serves; memory has workers of its own. */
const measureBesideOneWorker = async (
  ground: Ground,
  options: BenchOptions,
): Promise<Omit<Measurements, 'memory'>> => {
  const { parts, rows, layouts } = options;
  const oltpLayout = LAYOUTS.find(({ name }) => name === OLTP_LAYOUT);
  const needed = new Set<Layout>([
    ...(parts.includes('speed') ? layouts : []),
    ...(parts.includes('oltp') && oltpLayout ? [oltpLayout] : []),
  ]);
  if (needed.size === 0) return { speed: [], oltp: [] };
  for (const layout of needed) {
    say(`making ${layout.name}: ${rows.toLocaleString('en-US')} rows`);
    await ground.prepare(layout, rows);
  }
  const worker = await ground.startWorker();
  const common = { ground, ...options, say };
  const speed = parts.includes('speed') ? await measureSpeed(common) : [];
  const oltp =
    parts.includes('oltp') && oltpLayout
      ? await measureOltp({ ...common, layout: oltpLayout, rate: options.oltpRate })
      : [];
  await worker.stop();
  for (const layout of needed) await ground.drop(layout);
  return { speed, oltp };
};

const run = async (options: BenchOptions): Promise<Results> => {
  const [at, start] = [new Date().toISOString(), performance.now()];
  const { rows, rounds, batchRows, oltpRate, fromSources, memoryRounds, memoryRows } = options;
  if (!fromSources) await build();
  const ground = await openGround({ env: processEnv(), batchRows, fromSources, say });
  try {
    const machine = await describeMachine(ground.connected);
    const besideOne = await measureBesideOneWorker(ground, options);
    const [smallRows, largeRows] = memoryRows;
    const memory = options.parts.includes('memory')
      ? await measureMemory({ ground, rounds: memoryRounds, smallRows, largeRows, say })
      : [];
    const measurements = { ...besideOne, memory };
    return {
      at,
      minutes: minutesSince(start),
      commit: describeCommit('../cleanup'),
      machine,
      settings: { rows, rounds, batchRows, oltpRate, build: fromSources ? 'sources' : 'dist' },
      bars: barsOf(measurements),
      notMeasured: notMeasured(measurements),
      ...measurements,
    };
  } finally {
    await ground.close();
  }
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), RESULTS);
  const results = await run(options);
  const text = renderTerminal(tablesOf(results), LEFT_OUT);
  if (options.json) say(text);
  process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : text);
  for (const line of results.notMeasured) say(`not measured: ${line}`);
  if (options.out) {
    const page = writeResults({
      folder: options.out,
      results,
      plot: results.speed.length > 0 ? renderPlot(results) : undefined,
      page: (plot) => renderMarkdown(results, plot),
    });
    say(`written: ${relative(process.cwd(), page)}`);
  }
  return results.bars.every(({ ok }) => ok) ? 0 : 1;
};

await runMain(main);
