// Reports and digests as a pack declares them, and run on the test's own database. Nothing of the bundled packs.
import type { Client } from '@temporalio/client';
import {
  createRunReport,
  type RunReport,
  type TellSlow,
} from '../../../src/activities/reports/run-report.ts';
import type { Databases } from '../../../src/adapters/postgres/databases.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { ConfigurationError, renderFault } from '../../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { ReportAnswer } from '../../../src/domain/reports/answer.ts';
import {
  type ConfigDefinition,
  type Declarations,
  definePack,
  defineReport,
  type PackDefinition,
  type ReportDefinition,
} from '../../../src/index.ts';

/** One column `n`, one row, unless it says otherwise. */
export const aReport = (change: Partial<ReportDefinition> = {}): ReportDefinition =>
  defineReport({
    name: 'beds',
    title: 'Beds',
    purpose: 'How many beds there are.',
    database: 'app',
    sql: 'SELECT 1 AS n',
    columns: [{ name: 'n', type: 'count' }],
    sample: [{ n: 1 }],
    hint: 'Count them.',
    ...change,
  });

const ADDRESSES = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

/** The catalog of one pack, `garden`, with a database `app` and Sexton's own as `home`. */
export const loadGarden = (
  declared: Declarations,
  {
    env = ADDRESSES,
    roles = { gardener: ['log'] },
    pack = {},
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly roles?: NonNullable<ConfigDefinition['roles']>;
    readonly pack?: Partial<PackDefinition>;
  } = {},
): Catalog => {
  const garden = definePack({
    name: 'garden',
    databases: { app: { url: 'DATABASE_URL' }, home: { home: true } },
    env: {},
    build: () => declared,
    ...pack,
  });
  return assembleCatalog(checkConfig({ packs: [garden], roles }), env);
};

/** What loading it says is wrong, a line a fault. */
export const gardenFaults = (declared: Declarations): readonly string[] => {
  try {
    loadGarden(declared);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(renderFault);
    throw error;
  }
};

/** Stands where nothing asks Temporal. */
const NO_TEMPORAL = {} as Client;

interface Garden {
  readonly url: string;
  readonly databases: Databases;
  readonly redisUrl?: string;
  readonly tellSlow?: TellSlow;
  readonly temporal?: Client;
}

/** Runs a report as it is declared here, on a database that is the pack's and home at once. */
export const runnerOf = ({
  url,
  databases,
  redisUrl,
  tellSlow,
  temporal = NO_TEMPORAL,
}: Garden): ((
  report: ReportDefinition,
  params?: Parameters<RunReport>[0]['params'],
) => Promise<ReportAnswer>) => {
  const pools = {
    ...databases,
    of: (_: string, name: string) => (name === 'none' ? undefined : databases.home),
  };
  const run = createRunReport(
    {
      databases: pools,
      temporal,
      ...(redisUrl && { redisUrl }),
      declared: {
        jobs: [
          { pack: 'garden', name: 'weed', schedule: '0 * * * *', budgetSeconds: 60, resourceType: 'weed' },
        ],
        monitors: [],
      },
    },
    tellSlow,
  );
  return (report, params = {}) => {
    const env = { DATABASE_URL: url, REDIS_URL: 'redis://cache' };
    const [declared] = loadGarden({ reports: [report] }, { env }).reports;
    if (!declared) throw new Error('there is one report');
    return run({ report: declared, params });
  };
};
