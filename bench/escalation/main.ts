// `npm run bench:escalation`: measures, tells, and exits with 0 only where every bar is met.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processEnv } from '../../src/config/env.ts';
import { startStack } from '../../src/local/stack.ts';
import { databasesOf, plainEnv } from '../shared/databases.ts';
import { describeCommit, describeMachine, type Machine } from '../shared/machine.ts';
import { build } from '../shared/program.ts';
import { renderTerminal } from '../shared/report/terminal.ts';
import { writeResults } from '../shared/report/write.ts';
import { runMain, say } from '../shared/run-main.ts';
import { barsOf } from './bars.ts';
import { type BenchOptions, type Part, readOptions, type TemporalChoice } from './options.ts';
import { measureFirstPages } from './parts/first-pages.ts';
import { measureGroup } from './parts/group.ts';
import { measureLateness } from './parts/lateness.ts';
import { measureMany } from './parts/many.ts';
import { measureMemory } from './parts/memory.ts';
import { measureMonitors } from './parts/monitors.ts';
import type { PartInput } from './parts/part.ts';
import { measureSecondTiers } from './parts/second-tiers.ts';
import { renderMarkdown } from './report/markdown.ts';
import { renderPlot } from './report/plot.ts';
import { LEFT_OUT, tablesOf } from './report/tables.ts';
import type { Failed, Measurements, Results } from './results.ts';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));

const MEASURE: Readonly<Record<Part, (input: PartInput) => Promise<Measurements>>> = {
  'first-pages': async (input) => ({ firstPages: await measureFirstPages(input) }),
  'second-tiers': async (input) => ({ secondTiers: await measureSecondTiers(input) }),
  lateness: async (input) => ({ lateness: await measureLateness(input) }),
  group: async (input) => ({ group: await measureGroup(input) }),
  many: async (input) => ({ many: await measureMany(input) }),
  memory: async (input) => ({ memory: await measureMemory(input) }),
  monitors: async (input) => ({ monitors: await measureMonitors(input) }),
};

const minutesSince = (start: number): number => Math.round((performance.now() - start) / 6_000) / 10;

const temporalWords = (temporal: TemporalChoice): string => {
  if ('address' in temporal) return 'of one’s own';
  return 'file' in temporal ? 'dev server, SQLite file' : 'dev server, in memory';
};

/** What Postgres says of itself, from a server that is there for this alone. */
const machineOf = async (): Promise<Machine> => {
  const stack = await startStack({ env: plainEnv(processEnv()), say, only: ['postgres'] });
  try {
    return await describeMachine(databasesOf(stack).connected);
  } finally {
    await stack.stop();
  }
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Part after part; one that fails says so, and the others are measured all the same. */
const measureAll = async (options: BenchOptions) => {
  const ground = { env: processEnv(), fromSources: options.fromSources, temporal: options.temporal };
  let measured: Measurements = {};
  const failed: Failed[] = [];
  const took: Record<string, number> = {};
  for (const part of options.parts) {
    const start = performance.now();
    say(part);
    try {
      measured = { ...measured, ...(await MEASURE[part]({ options, ground, say })) };
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      failed.push({ part, reason: reasonOf(error) });
    }
    took[part] = minutesSince(start);
  }
  return { measured, failed, took };
};

const run = async (options: BenchOptions): Promise<Results> => {
  const [at, start] = [new Date().toISOString(), performance.now()];
  const { count, rounds, concurrency, temporal, fromSources } = options;
  if (!fromSources) await build();
  const machine = await machineOf();
  const { measured, failed, took } = await measureAll(options);
  return {
    at,
    minutes: minutesSince(start),
    commit: describeCommit('../escalation'),
    machine,
    settings: {
      count,
      rounds,
      concurrency,
      temporal: temporalWords(temporal),
      build: fromSources ? 'sources' : 'dist',
    },
    bars: barsOf(measured),
    failed,
    took,
    ...measured,
  };
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), RESULTS);
  const results = await run(options);
  const text = renderTerminal(tablesOf(results), LEFT_OUT);
  if (options.json) say(text);
  process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : text);
  for (const { part, reason } of results.failed) say(`not measured: ${part}: ${reason}`);
  if (options.out) {
    const page = writeResults({
      folder: options.out,
      about: 'escalation',
      results,
      plot: results.secondTiers && renderPlot(results.secondTiers),
      page: (plot) => renderMarkdown(results, plot),
    });
    say(`written: ${relative(process.cwd(), page)}`);
  }
  if (results.failed.length > 0) return 2;
  return results.bars.every(({ ok }) => ok) ? 0 : 1;
};

await runMain(main);
