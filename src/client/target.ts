// The database that a job works on, as the catalog knows it.
import type { Catalog, CatalogDatabase, CatalogJob } from '../catalog/catalog.ts';
import { databaseOf } from '../domain/jobs/step.ts';

export const targetOf = (catalog: Pick<Catalog, 'databases'>, job: CatalogJob): CatalogDatabase => {
  const wanted = databaseOf(job.snapshot);
  const database = catalog.databases.find(({ pack, name }) => pack === job.pack && name === wanted);
  if (!database) throw new Error(`pack ${job.pack} declares no database ${wanted}`);
  return database;
};
