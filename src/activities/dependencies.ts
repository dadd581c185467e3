// What activities need from the outside, handed in by the worker.
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { BlobStore } from '../adapters/blob-store.ts';
import type { Databases } from '../adapters/postgres/databases.ts';
import type { RedisLock } from '../adapters/redis-lock.ts';
import type { CatalogReport, VariableState } from '../catalog/catalog.ts';
import type { CheckIns } from '../channels/sentry/check-in.ts';
import type { Directory } from '../domain/alerts/on-call.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import type { JobSnapshot } from '../domain/jobs/job.ts';
import { databaseOf } from '../domain/jobs/step.ts';
import type { Channels } from './alerts/channels.ts';
import { failure } from './failures.ts';
import type { Declared } from './measures/looking.ts';

export interface Dependencies {
  readonly databases: Databases;
  readonly lock: RedisLock;
  /** Absent where no BLOB_READ_WRITE_TOKEN is set. */
  readonly blobs?: BlobStore;
  /** The value of a pack's variable that a step of it names; undefined where this worker's environment has none. */
  readonly variables?: (pack: string, name: string) => string | undefined;
  /** How a variable stands that a health check looks at; undefined where this configuration looks at no such one. */
  readonly variableStates?: (pack: string, name: string) => VariableState | undefined;
  /** Connections that measures look through; absent where those of the batches serve, in tests. */
  readonly looking?: Pick<Databases, 'of'>;
  /** Where locks are kept, for measures of it. */
  readonly redisUrl?: string;
  /** What this worker's configuration declares, for measures that compare with it. */
  readonly declared?: Declared;
  /** What digests are made of; a digest names them. */
  readonly reports?: readonly CatalogReport[];
  readonly temporal: Client;
  readonly channels: Channels;
  /** Roles, people and rotations, from the configuration. */
  readonly directory: Directory;
  /** Absent where Sentry is not to be told when schedules begin and end. */
  readonly checkIns?: CheckIns | undefined;
  /** After this long without an answer from Postgres, messages go out without rows. */
  readonly ringAfterSeconds: number;
}

/** The run that an activity works for, given by its workflow: an activity knows no first run id. */
export interface RunRef {
  /** First execution run id: the same through every retry and continue-as-new. */
  readonly runId: string;
  readonly workflowId: string;
}

/** The store that a job of objects needs. */
export const requireBlobs = <Store>(blobs: Store | undefined): Store => {
  if (blobs) return blobs;
  throw failure(
    FAILURE_TYPES.blobStoreDenied,
    'this worker has no blob store; set BLOB_READ_WRITE_TOKEN and start the worker anew. Nothing was deleted',
  );
};

/** A database by its name in the pack. */
export const targetNamed = (databases: Databases, pack: string, name: string): pg.Pool => {
  const pool = databases.of(pack, name);
  if (pool) return pool;
  throw failure(
    FAILURE_TYPES.unknownName,
    `pack ${pack} has no database ${name} in this worker's configuration; add it there and start the worker anew`,
  );
};

/** The database that the job works on, where its fence, ledger and audit rows live too. */
export const targetOf = (databases: Databases, job: JobSnapshot): pg.Pool =>
  targetNamed(databases, job.pack, databaseOf(job));
