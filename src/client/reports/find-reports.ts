// Reports by what a person types: name, id or number, in all packs or in one.
import { type Catalog, type CatalogReport, findReport, UnknownNameError } from '../../catalog/catalog.ts';
import { checkPackName } from '../known-name.ts';

/** All of them, or a pack's. */
export const reportsIn = (
  { reports, packs }: Pick<Catalog, 'reports' | 'packs'>,
  pack: string | undefined,
): readonly CatalogReport[] => {
  checkPackName(packs, pack);
  return reports.filter((each) => pack === undefined || each.pack === pack);
};

/** One by its number, which must mean one report, else by its name or id. */
export const chooseReport = (reports: readonly CatalogReport[], asked: string): CatalogReport => {
  if (!/^\d+$/.test(asked)) return findReport({ reports }, asked);
  const found = reports.filter(({ report }) => report.number === Number(asked));
  const ids = found.map(({ id }) => id);
  const [only] = found;
  if (only && found.length === 1) return only;
  const words = only
    ? `several reports have the number ${asked}; name a pack`
    : `no report has the number ${asked}`;
  throw new UnknownNameError(`${words}${only ? `: ${ids.join(', ')}` : ''}`, ids);
};
