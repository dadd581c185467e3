// What a run of a step of orphans would find, page by page and written down nowhere.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { type BlobStore, BlobStoreError } from '../../adapters/blob-store.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import { areTooMany, type OrphansPreview } from '../../domain/jobs/orphans.ts';
import { findOrphans } from '../actions/find-orphans.ts';
import { requireBlobs } from '../dependencies.ts';
import { failure } from '../failures.ts';

/** SLA-19's, for objects. */
const SAMPLE_OBJECTS = 20;

/** Somebody waits for the answer; of a larger store the beginning has to do. */
const LISTING_SECONDS = 20;

interface PreviewInput {
  readonly job: JobSnapshot;
  /** By the target's clock. */
  readonly at: string;
}

export const previewOrphans = async (
  db: pg.Pool,
  blobs: BlobStore | undefined,
  { job, at }: PreviewInput,
): Promise<readonly OrphansPreview[]> => {
  const previews: OrphansPreview[] = [];
  const until = performance.now() + LISTING_SECONDS * 1000;
  for (const step of job.steps) {
    if (step.action !== 'orphans') continue;
    const owner = { pack: job.pack, job: job.name, step: step.name };
    const cutoffMs = Date.parse(at) - step.orphans.olderThanSeconds * 1000;
    previews.push(await previewStep(db, requireBlobs(blobs), { step, owner, cutoffMs, until }).catch(told));
  }
  return previews;
};

const previewStep = async (
  db: pg.Pool,
  blobs: BlobStore,
  {
    until,
    ...given
  }: Pick<Parameters<typeof findOrphans>[1], 'step' | 'owner' | 'cutoffMs'> & { readonly until: number },
): Promise<OrphansPreview> => {
  const { name: step, batchRows: limit, orphans: declared } = given.step;
  const sample: string[] = [];
  let seen = 0;
  let orphans = 0;
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? {} : { cursor };
    const page = await blobs.list({ prefix: declared.prefix, limit, ...from });
    const found = await findOrphans(db, { ...given, storeId: blobs.storeId }, page.objects);
    seen += page.objects.length;
    orphans += found.orphans.length + found.known;
    const some = found.orphans.slice(0, Math.max(0, SAMPLE_OBJECTS - sample.length));
    sample.push(...some.map(({ path }) => path));
    ({ cursor } = page);
  } while (cursor !== undefined && performance.now() < until);
  const tooMany = areTooMany({ orphans, seen, maxShare: declared.maxShare });
  return {
    step,
    seen,
    orphans,
    ...(tooMany && { too_many: true as const }),
    ...(cursor !== undefined && { is_partial: true as const }),
    sample,
  };
};

const told = (error: unknown): never => {
  if (!(error instanceof BlobStoreError)) throw error;
  const { blobStoreDenied, batchFailed } = FAILURE_TYPES;
  const type = error.fault === 'denied' ? blobStoreDenied : batchFailed;
  throw failure(type, `the blob store could not be looked through: ${error.message}; nothing was deleted`);
};
