// What activities need from the outside, handed in by the worker.
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Databases } from '../adapters/postgres/databases.ts';
import type { RedisLock } from '../adapters/redis-lock.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import type { JobSnapshot } from '../domain/job.ts';
import type { Channels } from './alerts/channels.ts';
import { failure } from './failures.ts';

export interface Dependencies {
  readonly databases: Databases;
  readonly lock: RedisLock;
  readonly temporal: Client;
  readonly channels: Channels;
  /** Targets of each role, from the configuration. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** After this long without an answer from Postgres, messages go out without rows. */
  readonly ringAfterSeconds: number;
}

/** The run that an activity works for, given by its workflow: an activity knows no first run id. */
export interface RunRef {
  /** First execution run id: the same through every retry and continue-as-new. */
  readonly runId: string;
  readonly workflowId: string;
}

/** The database that the job's first step works on, where its fence, ledger and audit rows live too. */
export const targetOf = (databases: Databases, job: JobSnapshot): pg.Pool => {
  const name = job.steps[0].selection.database;
  const pool = databases.of(job.pack, name);
  if (pool) return pool;
  throw failure(
    FAILURE_TYPES.unknownName,
    `pack ${job.pack} has no database ${name} in this worker's configuration; add it there and start the worker anew`,
  );
};
