// A pack `garden` whose alerts are declared by the test: what its rules come out as, and what is refused, by its place.
import { ConfigurationError, renderFault } from '../../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { JobAlertsDefinition, PackDefinition } from '../../../src/index.ts';
import { defineJob, definePack, definePolicy } from '../../../src/index.ts';

const ENV = {
  DATABASE_URL: 'postgres://db/x',
  REDIS_URL: 'redis://cache',
  RUNBOOK_BASE_URL: 'https://rb.example',
};
const ROLES = { 'on-call': ['slack:webhook', 'log'], 'team-lead': ['log'] };
export const PAGE = definePolicy({
  name: 'page',
  tiers: [{ name: 'now', after: '0s', notify: ['on-call'] }],
});
export const ROUTES = { warning: 'page', high: 'page', critical: 'page' };

export const job = (alerts?: JobAlertsDefinition, name = 'sweep') =>
  defineJob({
    name,
    summary: 'Sweeps',
    owner: 'on-call',
    resourceType: 'leaf',
    schedule: '10 * * * *',
    budget: '5m',
    runbook: 'sweep',
    steps: [
      {
        name: 'leaves',
        action: 'delete',
        batch: 1000,
        selection: {
          database: 'app',
          table: 'leaves',
          key: ['id'],
          age: { column: 'fell_at', olderThan: '24h' },
        },
      },
    ],
    ...(alerts && { alerts }),
  });

interface Given {
  readonly roles?: unknown;
  readonly pack?: Partial<PackDefinition>;
}

const load = (declared: object, { roles = ROLES, pack = {} }: Given = {}) => {
  const garden = {
    ...definePack({
      name: 'garden',
      databases: { app: { url: 'DATABASE_URL' } },
      env: {},
      build: () => ({ jobs: [], ...declared }),
    }),
    ...pack,
  };
  return assembleCatalog(checkConfig({ packs: [garden], roles }), ENV);
};

export const alertsOf = (declared: object, given?: Given) => load(declared, given).jobs[0]!.snapshot.alerts!;

export const faultsOf = (declared: object, given?: Given): readonly string[] => {
  try {
    load(declared, given);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(renderFault);
    throw error;
  }
  return [];
};

export const tier = (change: object = {}) => ({ name: 'now', after: '0s', notify: ['log'], ...change });
export const withTiers = (...tiers: readonly object[]) => ({
  policies: [{ name: 'page', tiers }],
  routes: ROUTES,
});
export const band = (above: number, change: object = {}) => ({
  above,
  severity: 'warning',
  alertType: 'late',
  action: 'Look',
  ...change,
});
