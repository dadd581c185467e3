// What a job's runs make go, in the word that people read: rows, or the files that rows name.
import type { CatalogJob } from '../../catalog/catalog.ts';

export type Unit = 'rows' | 'files';

type Job = Pick<CatalogJob, 'snapshot'>;

export const unitOf = ({ snapshot }: Job): Unit => (snapshot.steps[0].action === 'blobs' ? 'files' : 'rows');

/** What its progress is counted in: files that wait for their grace do not go while it runs, so its rows are counted. */
export const progressUnitOf = ({ snapshot }: Job): Unit => {
  const [step] = snapshot.steps;
  return step.action === 'blobs' && step.blobs.graceSeconds === 0 ? 'files' : 'rows';
};
