// Answers that were kept: which there are of a report, and one as it was shown then.
import { listReports, readReport } from '../../adapters/postgres/reports/stored.ts';
import { type Catalog, type CatalogReport, UnknownNameError } from '../../catalog/catalog.ts';
import { withPool } from '../with-pool.ts';

type Home = Pick<Catalog, 'home'>;

const MOST = 50;

/** Newest first, a line each: the number by which `--answer` shows it, when, and how it stood. */
export const storedLines = async ({ home }: Home, reports: readonly CatalogReport[]): Promise<string> =>
  withPool(home.url, async (pool) => {
    const lines: string[] = [];
    for (const { id, pack, name } of reports)
      for (const stored of await listReports(pool, { pack, name, most: MOST }))
        lines.push(
          `${String(stored.id).padStart(8)}  ${stored.at}  ${(stored.status ?? '').padEnd(8)}  ${id}\n`,
        );
    return lines.join('');
  });

/** As JSON, as it was shown then. */
export const storedAnswer = async ({ home }: Home, id: number): Promise<string> => {
  const answer = await withPool(home.url, (pool) => readReport(pool, id));
  if (!answer) throw new UnknownNameError(`no answer ${id} is stored, or it is past its time`, []);
  return `${JSON.stringify(answer)}\n`;
};
