// One run of the product as a user has it: `sexton run … --follow` against a worker that is up. What is reported comes from
// the ledger, the audit log and Temporal, not from our own clock, except for when the command line began and ended.
import type { WorkflowHandle } from '@temporalio/client';
import type pg from 'pg';
import { outputOf } from '../shared/program.ts';
import type { Ground } from './ground.ts';
import { MEASURED } from './terms.ts';

/** Parts of a run, in the order in which they pass; milliseconds. They add up to the whole. */
export interface Phases {
  /** Command line's start to the workflow's: loading, connecting, asking. */
  readonly commandLine: number;
  /** Workflow's start to the first batch: preflight, lock, fence, count, start row. */
  readonly begin: number;
  /** First batch's begin to last commit: what the other methods are compared with. */
  readonly work: number;
  /** Last commit to the row that ends the run in the audit log: last pass, recount. */
  readonly finish: number;
  /** That row to the command line's end. */
  readonly answer: number;
}

export interface ProductRun {
  readonly deleted: number;
  readonly phases: Phases;
  /** Work of its batches, as the ledger has it: how long each took, without its commit. */
  readonly batchMs: readonly number[];
  readonly batchRows: readonly number[];
  readonly historyEvents: number;
  readonly strategy: string;
  /** How long the run was held by its throttle; 0 where the product does not say. */
  readonly throttledMs: number;
  /** Instants of the work, Unix milliseconds. */
  readonly firstBatchAt: number;
  readonly lastCommitAt: number;
}

const JOB = 'delete_events';

export const runProduct = async (ground: Ground): Promise<ProductRun> => {
  const startedAt = Date.now();
  const child = ground.program.start(['run', JOB, '--follow', '--json'], ground.env);
  const { code, stdout, stderr } = await outputOf(child);
  const endedAt = Date.now();
  if (code !== 0) {
    const ending = await ground.connected(MEASURED, readEnding).catch(() => 'no ending');
    throw new Error(`sexton run ended with ${code}:\n${stdout}${stderr}${ending}`);
  }
  const { workflowId, runId }: { workflowId: string; runId: string } = JSON.parse(stdout);
  const described = await ground.client.workflow.getHandle(workflowId, runId).describe();
  const workflowAt = described.startTime.getTime();
  const ledger = await ground.connected(MEASURED, (db) => readLedger(db, runId));
  const run = await ground.connected('sexton', (db) => readRun(db, runId));
  const { firstBatchAt, lastCommitAt, endingAt, ...counts } = ledger;
  return {
    ...counts,
    ...run,
    firstBatchAt,
    lastCommitAt,
    phases: {
      commandLine: workflowAt - startedAt,
      begin: firstBatchAt - workflowAt,
      work: lastCommitAt - firstBatchAt,
      finish: endingAt - lastCommitAt,
      answer: endedAt - endingAt,
    },
    historyEvents: await countEvents(ground, workflowId, runId),
  };
};

/**
 * `at` is the instant at which a batch's transaction began and `ms` its work up to the ledger row, so the first begins at
 * the least `at` and the last ends at the greatest `at + ms`, but for that one COMMIT.
 */
const readLedger = async (db: pg.Client, runId: string) => {
  const { rows: batches } = await db.query<{ at: number; ms: number; deleted: number }>(
    `SELECT extract(epoch FROM at)::float8 * 1000 AS at, ms, deleted FROM sexton.ledger
     WHERE run_id = $1 ORDER BY at`,
    [runId],
  );
  const { rows: endings } = await db.query<{ at: number }>(
    `SELECT extract(epoch FROM "timestamp")::float8 * 1000 AS at FROM sexton.audit_log
     WHERE run_id = $1 AND action = 'CLEANUP_COMPLETED'`,
    [runId],
  );
  const [ending] = endings;
  if (!ending || batches.length === 0) throw new Error(`run ${runId} has no completed ending or no batch`);
  return {
    deleted: batches.reduce((sum, batch) => sum + batch.deleted, 0),
    batchMs: batches.map(({ ms }) => ms),
    batchRows: batches.map(({ deleted }) => deleted),
    firstBatchAt: Math.min(...batches.map(({ at }) => at)),
    lastCommitAt: Math.max(...batches.map(({ at, ms }) => at + ms)),
    endingAt: ending.at,
  };
};

/** How the one run of this database ended, in the audit log's words. */
const readEnding = async (db: pg.Client): Promise<string> => {
  const { rows } = await db.query<{ metadata: unknown }>(
    `SELECT metadata FROM sexton.audit_log ORDER BY id DESC LIMIT 1`,
  );
  return JSON.stringify(rows[0]?.metadata);
};

/** As JSON, since columns that older versions lack must not fail the statement. */
const readRun = async (db: pg.Client, runId: string) => {
  const { rows } = await db.query<{ run: Readonly<Record<string, unknown>> }>(
    'SELECT to_jsonb(r) AS run FROM sexton.run r WHERE run_id = $1',
    [runId],
  );
  const { strategy, throttled_ms: throttled } = rows[0]?.run ?? {};
  return {
    strategy: typeof strategy === 'string' ? strategy : 'not stated',
    throttledMs: typeof throttled === 'number' ? throttled : 0,
  };
};

/** Of every execution that the run continued as. */
const countEvents = async (ground: Ground, workflowId: string, firstRunId: string): Promise<number> => {
  let events = 0;
  for (let runId: string | undefined = firstRunId; runId; ) {
    const handle: WorkflowHandle = ground.client.workflow.getHandle(workflowId, runId);
    const history = (await handle.fetchHistory()).events ?? [];
    events += history.length;
    const next = history.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    runId = next || undefined;
  }
  return events;
};
