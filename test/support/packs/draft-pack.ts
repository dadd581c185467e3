// The draft pack as this installation's config declares it, for an environment; no server is asked.
import config from '../../../sexton.config.ts';
import { type Catalog, findMonitor } from '../../../src/catalog/catalog.ts';
import { ConfigurationError, renderFault } from '../../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import type { Env } from '../../../src/config/env.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { MonitorRule, MonitorSnapshot } from '../../../src/domain/monitors/monitor.ts';

const ADDRESSES = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

/** The pack alone, with the config's roles. */
export const draftCatalog = (env: Env = {}): Catalog => {
  const packs = config.packs.filter(({ name }) => name === 'draft-cleanup');
  return assembleCatalog(checkConfig({ ...config, packs }), { ...ADDRESSES, ...env });
};

/** Every fault of the pack's environment, as it is printed. */
export const draftFaults = (env: Env): readonly string[] => {
  try {
    draftCatalog(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(renderFault);
    throw error;
  }
  return [];
};

const MONITORS = ['draft-state', 'draft-job', 'draft-redis'];

/** A rule of the pack's monitors, and the monitor that has it. */
export const draftRule = (
  name: string,
  catalog: Catalog = draftCatalog(),
): { readonly monitor: MonitorSnapshot; readonly rule: MonitorRule } => {
  for (const each of MONITORS) {
    const { snapshot } = findMonitor(catalog, `draft-cleanup/monitor/${each}`);
    const rule = snapshot.rules.find((own) => own.rule.name === name);
    if (rule) return { monitor: snapshot, rule };
  }
  throw new Error(`no rule ${name}`);
};
