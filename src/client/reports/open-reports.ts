// What running reports from the command line takes: connections to look through and, only where a report asks for
// schedules, to Temporal. One that does not answer leaves those figures empty.
import type { Client } from '@temporalio/client';
import { declaredIn } from '../../activities/measures/declared.ts';
import { createRunReport, type RunReport, type TellSlow } from '../../activities/reports/run-report.ts';
import { openDatabases } from '../../adapters/postgres/databases.ts';
import { openLookingPools } from '../../adapters/postgres/looking-pools.ts';
import type { Catalog, CatalogReport } from '../../catalog/catalog.ts';
import type { CommandContext } from '../context.ts';

/** Whether a report's inputs are Temporal's to tell. */
const asksTemporal = ({ report }: CatalogReport): boolean =>
  Object.values(report.inputs).some(
    (input) =>
      (input.kind === 'jobs' && input.schedules) ||
      (input.kind === 'measure' && input.measure.kind === 'schedules'),
  );

/** Stands in where Temporal is not there: whoever asks it is told why. */
const absentTemporal = (why: string): Client =>
  ({
    get schedule(): never {
      throw new Error(`Temporal does not answer (${why})`);
    },
  }) as unknown as Client;

interface Connected {
  readonly client: Client;
  readonly close: () => Promise<void>;
}

const connect = async (
  { open }: Pick<CommandContext, 'open'>,
  reports: readonly CatalogReport[],
): Promise<Connected> => {
  if (!reports.some(asksTemporal)) return { client: absentTemporal('not asked'), close: async () => {} };
  try {
    return await open();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { client: absentTemporal(why), close: async () => {} };
  }
};

interface WithReports {
  readonly context: Pick<CommandContext, 'open'>;
  readonly catalog: Catalog;
  readonly reports: readonly CatalogReport[];
  readonly tellSlow: TellSlow;
}

/** Runs `work` with a way to run these reports, and lets go of every connection however it ends. */
export const withReports = async <T>(
  { context, catalog, reports, tellSlow }: WithReports,
  work: (run: RunReport) => Promise<T>,
): Promise<T> => {
  const { client, close } = await connect(context, reports);
  const databases = openDatabases(catalog.home, []);
  const looking = openLookingPools(catalog.databases);
  const run = createRunReport(
    {
      databases,
      looking,
      temporal: client,
      redisUrl: catalog.redisUrl,
      declared: declaredIn(catalog),
      variables: (pack, name) =>
        catalog.variables.find((each) => each.pack === pack && each.name === name)?.value,
    },
    tellSlow,
  );
  try {
    return await work(run);
  } finally {
    await Promise.allSettled([databases.close(), looking.close(), close()]);
  }
};
