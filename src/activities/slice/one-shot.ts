// A step that is done at once, inside the slice that came to it. Its ledger row marks it as done, so a slice that is tried
// again goes on behind it: a statement is in the row's own transaction, vacuum and requests come right before it.
import { performance } from 'node:perf_hooks';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type pg from 'pg';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import { countResults, writeResult } from '../../adapters/postgres/runs/ledger-results.ts';
import { runPackSql, tellPackSql } from '../../adapters/postgres/tables/pack-sql.ts';
import { readVacuumProgress } from '../../adapters/postgres/tables/vacuum-progress.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Hold } from '../../domain/jobs/control.ts';
import type { JobSnapshot, RunPlan } from '../../domain/jobs/job.ts';
import type { OneShotResult, OneShotStep, SqlStep } from '../../domain/jobs/one-shot.ts';
import { requireFence } from '../actions/batch.ts';
import { vacuumTable } from '../actions/vacuum-table.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure, messageOf, sqlState } from '../failures.ts';
import { requestOnce } from '../requests/request-once.ts';
import type { Throttle } from '../throttle/throttle.ts';
import { keepingAlive } from './keep-alive.ts';
import { restFor } from './rest.ts';
import type { SliceOutcome } from './slice-work.ts';
import type { Tenure } from './tenure.ts';

export interface OneShotInput {
  readonly job: JobSnapshot;
  readonly step: OneShotStep;
  readonly plan: RunPlan;
  readonly pool: pg.Pool;
  readonly tenure: Tenure;
  readonly throttle: Throttle;
  readonly variables: Dependencies['variables'];
  /** The run tries again where this fails. */
  readonly isTriedAgain: boolean;
}

export const runOneShot = async (input: OneShotInput): Promise<SliceOutcome> => {
  const { step, plan, pool, tenure, throttle } = input;
  const { runId } = plan;
  const parts = step.action === 'vacuum' ? step.tables.length : 1;
  const told = await countResults(pool, runId, step.name);
  if (told >= parts) return { done: true };
  let pid: number | undefined;
  const beat = async (): Promise<void> => {
    const progress =
      pid === undefined ? undefined : await readVacuumProgress(pool, pid).catch(() => undefined);
    Context.current().heartbeat({ step: step.name, ...progress });
  };
  const rest = (ms: number): Promise<void> =>
    restFor(ms, () => Context.current().heartbeat({ step: step.name }));
  const throttled = await throttle.held({ rest, over: () => Context.current().cancellationSignal.aborted });
  if (throttled) return { done: false, throttle: throttled };
  await tenure.keep();
  const ended = await keepingAlive({ pool, runId, tenure, beat }, async (signal) => {
    const at = (working: number | undefined): void => {
      pid = working;
    };
    for (let part = told; part < parts; part += 1) {
      const hold = await doPart(input, { part, signal, at });
      if (hold) return { hold };
    }
    return {};
  });
  if ('calledOff' in ended) return { done: false, ...(ended.hold && { hold: ended.hold }) };
  return ended.hold ? { done: false, hold: ended.hold } : { done: true };
};

interface PartInput {
  /** Its place, from 0. */
  readonly part: number;
  readonly signal: AbortSignal;
  readonly at: (pid: number | undefined) => void;
}

/** Returns the hold that kept it from beginning. */
const doPart = async (input: OneShotInput, given: PartInput): Promise<Hold | undefined> => {
  const { pool, job, step, tenure, isTriedAgain } = input;
  const hold = await inTransaction(pool, async (tx) => {
    const held = await requireFence(tx, { job, claim: tenure.claim() });
    return held.hold;
  });
  if (hold) return hold;
  try {
    await workAt(input, given);
  } catch (error) {
    if (given.signal.aborted || isTriedAgain || step.ifFails === 'fail' || isEngines(error))
      throw inWords(step, error);
    const warning = `step ${step.name} failed and was left out: ${messageOf(error)}`;
    await inTransaction(pool, (tx) => writeDown(tx, input, { part: given.part, result: { warning } }));
  }
  return undefined;
};

const workAt = async (input: OneShotInput, { part, signal, at }: PartInput): Promise<void> => {
  const { pool, job, step, plan, variables } = input;
  switch (step.action) {
    case 'sql':
      return runOnce(input, { step, part, signal });
    case 'vacuum': {
      const table = step.tables[part];
      if (!table) return;
      const result = await vacuumTable(pool, { step, table, signal, at });
      return inTransaction(pool, (tx) => writeDown(tx, input, { part, result }));
    }
    case 'http': {
      const result = await requestOnce({ job, step, runId: plan.runId, variables, signal });
      return inTransaction(pool, (tx) => writeDown(tx, input, { part, result }));
    }
  }
};

/** The statement and its ledger row commit together, or neither does. */
const runOnce = (
  input: OneShotInput,
  { step, part, signal }: Pick<PartInput, 'part' | 'signal'> & { readonly step: SqlStep },
): Promise<void> =>
  inTransaction(input.pool, async (tx) => {
    const { job, plan, pool, tenure } = input;
    const startedAt = performance.now();
    await requireFence(tx, { job, claim: tenure.claim() });
    const { rows } = await tx.query(
      "SELECT pg_backend_pid() AS pid, set_config('statement_timeout', $1, true)",
      [`${Math.ceil(step.timeoutSeconds)}s`],
    );
    await tellPackSql(tx, { cutoff: plan.cutoff, runId: plan.runId });
    const cancel = (): void => {
      pool.query('SELECT pg_cancel_backend($1)', [rows[0].pid]).catch(() => {});
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', cancel, { once: true });
    const changed = await runPackSql(tx, step.sql).finally(() => signal.removeEventListener('abort', cancel));
    const ms = Math.round(performance.now() - startedAt);
    await writeDown(tx, input, { part, result: { rows: changed, ms } });
  });

/** Under the fence: an attempt that comes too late writes nothing. */
const writeDown = async (
  tx: Queryable,
  { job, step, plan, tenure }: OneShotInput,
  { part, result }: { readonly part: number; readonly result: OneShotResult },
): Promise<void> => {
  const claim = tenure.claim();
  await requireFence(tx, { job, claim });
  const { slice, attempt } = claim;
  const at = { runId: plan.runId, step: step.name, seq: part + 1, slice, attempt };
  await writeResult(tx, { ...at, ms: result.ms ?? 0, result });
};

/** The run's own trouble, which no step's failure may hide. */
const isEngines = (error: unknown): boolean =>
  error instanceof ApplicationFailure && error.type !== FAILURE_TYPES.batchFailed;

const inWords = (step: OneShotStep, error: unknown): unknown => {
  if (error instanceof ApplicationFailure) return error;
  const code = sqlState(error) ?? 'UNEXPECTED';
  return failure(
    FAILURE_TYPES.batchFailed,
    `step ${step.name} (${step.action}) failed: ${messageOf(error)} (${code}); the run tries it again`,
    { cause: error, details: { code } },
  );
};
