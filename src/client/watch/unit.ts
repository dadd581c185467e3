// What a job's runs make go, in the word that people read: rows, or the files that rows name.
import type { CatalogJob } from '../../catalog/catalog.ts';
import { type BlobsStep, batchedSteps } from '../../domain/jobs/step.ts';

export type Unit = 'rows' | 'files';

type Job = Pick<CatalogJob, 'snapshot'>;

/** Files where nothing else goes; a job that mixes both is counted in rows. */
export const unitOf = ({ snapshot }: Job): Unit =>
  onlyFiles(snapshot, () => true) || takesNoRows({ snapshot }) ? 'files' : 'rows';

/** All that it looks for are files that no row names. */
export const takesNoRows = ({ snapshot: { steps } }: Job): boolean =>
  batchedSteps({ steps }).length === 0 && steps.some(({ action }) => action === 'orphans');

/** It has no step that works on rows in batches: statements, vacuums or requests, once a run each, and nothing to count. */
export const isOneShot = ({ snapshot: { steps } }: Job): boolean =>
  batchedSteps({ steps }).length === 0 && !steps.some(({ action }) => action === 'orphans');

/** What its progress is counted in: files that wait for their grace do not go while it runs, so its rows are counted. */
export const progressUnitOf = ({ snapshot }: Job): Unit => {
  return onlyFiles(snapshot, ({ blobs }) => blobs.graceSeconds === 0) ? 'files' : 'rows';
};

const onlyFiles = (snapshot: Job['snapshot'], that: (step: BlobsStep) => boolean): boolean => {
  const steps = batchedSteps(snapshot);
  return steps.length > 0 && steps.every((step) => step.action === 'blobs' && that(step));
};

const STAY: readonly string[] = ['sql-batches', 'http-items'];

/** What became of them: statements and requests leave rows where they are. */
export const doneWord = ({ snapshot }: Job): 'gone' | 'done' => {
  const steps = batchedSteps(snapshot);
  return steps.length > 0 && steps.every(({ action }) => STAY.includes(action)) ? 'done' : 'gone';
};
