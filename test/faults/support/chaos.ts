// One run over a busy table with everything taken away that it stands on, at instants that a seed decides. Afterwards the
// ledger, the table, the audit log and Temporal's history are asked what they know of it.
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { startRun } from '../../../src/adapters/temporal/start-run.ts';
import { RECONCILE_QUEUE } from '../../../src/domain/ids.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { RunResult } from '../../../src/domain/jobs/run.ts';
import type { JobState } from '../../../src/domain/jobs/state.ts';
import type { EngineSettings } from '../../../src/domain/settings.ts';
import { eventually } from '../../support/eventually.ts';
import { type House, ledgerSum, openHouse, type WorkerProcess } from '../../support/programs/house.ts';
import { createBusyTable, jobOnBusyTable, startOthers, TABLE } from './busy-table.ts';
import { type ChaosReport, lastWords, readHistory, tell } from './chaos-report.ts';
import { attemptsOf, endingsOf, exactness, type FaultFigures, figuresOf, glance } from './ledger-facts.ts';
import { makeReleases, type Releases } from './release.ts';
import { type Chance, seeded } from './seeded.ts';
import { createTakeAway, FAULTS, type Fault } from './take-away.ts';
import { createWorkers, type Workers } from './workers.ts';

export interface ChaosInput {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** How many of each. */
  readonly faults: Readonly<Record<Fault, number>>;
  readonly workers: number;
  readonly settings: Partial<EngineSettings>;
  /** The workflow code of now, as one file. */
  readonly bundlePath: string;
}

type Run = WorkflowHandleWithFirstExecutionRunId;

/** A fault: where in the run, as a share of its rows, and how long after that was reached. */
interface Planned {
  readonly at: number;
  readonly afterMs: number;
  readonly fault: Fault;
}

/** A new release early, so that it has slices of its own; a worker stopped while there is time for it to wake. */
const SPAN: Readonly<Partial<Record<Fault, readonly [from: number, to: number]>>> = {
  'new release': [0.05, 0.2],
  'worker stopped': [0.03, 0.6],
};

const plan = (chance: Chance, faults: ChaosInput['faults']): readonly Planned[] =>
  FAULTS.flatMap((fault) => Array.from({ length: faults[fault] }, () => fault))
    .map((fault) => {
      const [from, to] = SPAN[fault] ?? [0.03, 0.88];
      return { fault, at: from + chance.share() * (to - from), afterMs: chance.whole(0, 1_500) };
    })
    .toSorted((a, b) => a.at - b.at);

/** What everything in here needs. */
interface Ground {
  readonly input: ChaosInput;
  readonly house: House;
  readonly releases: Releases;
  readonly chance: Chance;
  readonly workers: Workers;
  readonly job: JobSnapshot;
  readonly start: () => Promise<Run>;
}

const untilGone = async ({ house }: Ground, run: Run, rows: number): Promise<void> => {
  const isGone = async () => (await ledgerSum(house.target, run.firstExecutionRunId)) >= rows;
  await eventually(`${rows} rows are gone`, isGone, { withinMs: 300_000, everyMs: 100 });
};

/** A run that is terminated in the middle of a slice, and its worker, which is stopped there. */
const breakOff = async (ground: Ground) => {
  const { input, house, workers, start } = ground;
  const run = await start();
  await untilGone(ground, run, input.rows / 100);
  const { worker } = await eventually('the other run is at work', () => workers.atWork(run));
  workers.stop(worker);
  await run.terminate('by hand');
  return { run, worker, atStop: await glance(house.target, run.firstExecutionRunId) };
};

export const chaos = async (input: ChaosInput): Promise<ChaosReport> => {
  const chance = seeded();
  console.log(`chaos: seed ${chance.seed}; SEXTON_FAULTS_SEED=${chance.seed} gives the same instants`);
  const releases = makeReleases(input.bundlePath);
  const house = await openHouse({}, { temporalDbFile: true });
  const stopped: WorkerProcess[] = [];
  try {
    const workers = createWorkers(house, { chance, folder: releases.old.folder });
    workers.fill(input.workers);
    await createBusyTable(house.target, input.rows);
    await workers.ready();
    const { snapshot } = house.job('cleanup_magic_links');
    const job = jobOnBusyTable({ ...snapshot, settings: { ...snapshot.settings, ...input.settings } });
    const request = { by: 'test', rowsPerSecond: input.rowsPerSecond };
    const start = (): Promise<Run> => startRun(house.client, job, request);
    return await play({ input, house, releases, chance, workers, job, start }, stopped);
  } finally {
    // A stopped process does not end by itself.
    for (const { child } of stopped) child.kill('SIGKILL');
    await house.close();
    releases.old.remove();
    releases.new.remove();
  }
};

const play = async (ground: Ground, stopped: WorkerProcess[]): Promise<ChaosReport> => {
  const { input, house, releases, chance, workers, job, start } = ground;
  const { target, client } = house;
  const other = await breakOff(ground);
  stopped.push(other.worker);
  const url = house.catalog.databases[0]?.url ?? '';
  const others = startOthers({ url, rows: input.rows, chance: seeded(chance.seed + 1) });
  const run = await start();
  const runId = run.firstExecutionRunId;
  const { leaseSeconds } = job.settings;
  const given = { house, workers, run, lockKey: job.lockKey, leaseSeconds };
  const takeAway = createTakeAway({ ...given, newRelease: releases.new.folder });
  try {
    await untilGone(ground, run, 1);
    const { cutoff = '' } = await run.query<JobState>('state');
    const { rows: found } = await target.query(`SELECT max(uid)::int AS newest FROM ${TABLE}`);

    const began = Date.now();
    const seconds = (): number => (Date.now() - began) / 1_000;
    const told: { fault: Fault; at: string }[] = [];
    const due = input.rows - other.atStop.rows;
    takeAway.wakeLater(other.worker);
    for (const { at, afterMs, fault } of plan(chance, input.faults)) {
      await untilGone(ground, run, at * due);
      await delay(afterMs);
      const instant = await eventually('the database answers', () => glance(target, runId));
      told.push({ fault, at: instant.at });
      console.log(`chaos: ${seconds().toFixed(1)} s ${fault}`);
      await takeAway.perform(fault);
    }
    await untilGone(ground, run, 0.92 * due);
    others.calmDown();
    const result: RunResult = await run.result();
    const took = seconds();
    const late = await takeAway.settled();
    await others.stop();

    const otherId = other.run.firstExecutionRunId;
    const otherAtEnd = await glance(target, otherId);
    const lateOfOther = otherAtEnd.batches - other.atStop.batches;
    await client.workflow.execute('reconcile', {
      taskQueue: RECONCILE_QUEUE,
      workflowId: `reconcile-after-${runId}`,
      args: [{ waitedSeconds: 0 }],
    });
    const faults: FaultFigures[] = [];
    for (const each of told) faults.push(await figuresOf(target, runId, each));
    const { newest } = found[0];
    const report: ChaosReport = {
      seed: chance.seed,
      seconds: took,
      result,
      exact: await exactness(target, { runIds: [otherId, runId], cutoff, newest }),
      faults,
      late: [...late, { what: 'of a terminated run, once its worker stopped', batches: lateOfOther }],
      attempts: await attemptsOf(target, runId),
      state: await run.query<JobState>('state'),
      endings: await endingsOf(target, runId),
      endingsOfOther: await endingsOf(target, otherId),
      zombiesSaid: takeAway.zombies.flatMap(lastWords),
      othersDid: others.did,
      history: await readHistory(run),
    };
    tell(report);
    return report;
  } catch (error) {
    // Whoever reads the failure has no Temporal UI to look into.
    console.log('chaos: the run when it failed', await run.query('state').catch(String));
    const described = await run.describe().catch(() => undefined);
    console.log('chaos: its pending activities', described?.raw.pendingActivities);
    throw error;
  } finally {
    stopped.push(...takeAway.zombies);
    await others.stop();
  }
};
