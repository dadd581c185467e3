// Brings config file and environment together into the catalog. Everything that is wrong with either is
// told at once, and then nothing is done.
import { resolve } from 'node:path';
import { type Catalog, catalogPolicy } from '../catalog/catalog.ts';
import { ConfigurationError, type Fault } from '../catalog/faults/fault.ts';
import { sharedMetricFaults } from '../catalog/faults/metric.ts';
import { type LoadedConfig, loadConfigFile } from '../catalog/load.ts';
import { LOG_ONLY } from '../catalog/log-only.ts';
import { parseTarget } from '../domain/alerts/policy.ts';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import { ENGINE_VARIABLES, readEngineEnv } from './engine-env.ts';
import type { Env } from './env.ts';
import { packScope, sharedNameFaults, variableIn } from './pack-env.ts';
import { readPack } from './read-pack.ts';

/** Default name of the config file, looked up in the working directory. */
export const CONFIG_FILE = 'sexton.config.ts';

/** A contact that a faulty variable was filled into is no second mistake. */
const withoutConsequences = (
  contacts: readonly Fault[],
  variables: readonly Fault[],
  env: Env,
): readonly Fault[] => {
  const wrong = variables.flatMap(({ place }) => env[place] || []);
  return contacts.filter(({ value = '' }) => !wrong.some((text) => value.includes(text)));
};

/** The catalog of a config that is already loaded; throws ConfigurationError with every fault. */
export const assembleCatalog = (config: LoadedConfig, env: Env): Catalog => {
  const engine = readEngineEnv(env, config.profile);
  const {
    SEXTON_PROFILE: profile = 'development',
    DATABASE_URL,
    REDIS_URL,
    RUNBOOK_BASE_URL,
  } = engine.values;
  const { SEXTON_DATABASE_URL: home = DATABASE_URL } = engine.values;
  const settings = { ...DEFAULT_SETTINGS, ...config.settings };
  // Packs read the profile as a variable, so one that the config file states is given to them as one.
  const packEnv = { ...env, SEXTON_PROFILE: env['SEXTON_PROFILE'] ?? profile };
  const parts = config.packs.map((pack) =>
    readPack({
      pack,
      env: packEnv,
      profile,
      settings,
      runbookBaseUrl: RUNBOOK_BASE_URL,
      home,
      directory: config.directory,
    }),
  );
  const shared = sharedNameFaults([
    { owner: 'the engine', shape: ENGINE_VARIABLES },
    ...config.packs.map(({ name, env: shape }) => ({ owner: `pack ${name}`, shape })),
  ]);
  const own = [
    ...engine.faults,
    ...shared,
    ...parts.flatMap((part) => part.faults),
    ...sharedMetricFaults(parts.flatMap((part) => part.metrics)),
  ];
  const faults = [...withoutConsequences(config.faults, own, env), ...own];
  if (faults.length > 0 || home === undefined || REDIS_URL === undefined)
    throw new ConfigurationError(faults);
  return {
    profile,
    packs: config.packs,
    jobs: parts.flatMap((part) => part.jobs),
    monitors: parts.flatMap((part) => part.monitors),
    checks: parts.flatMap((part) => part.checks),
    policies: [...parts.flatMap((part) => part.policies), catalogPolicy(LOG_ONLY)],
    runbooks: parts.flatMap((part) => part.runbooks),
    reports: parts.flatMap((part) => part.reports),
    digests: parts.flatMap((part) => part.digests),
    checklists: parts.flatMap((part) => part.checklists),
    commands: parts.flatMap((part) => part.commands),
    metrics: parts.flatMap((part) => part.metrics),
    dashboards: parts.flatMap((part) => part.dashboards),
    directory: config.directory,
    ...(config.fallback !== undefined && { fallback: parseTarget(config.fallback) }),
    settings,
    databases: parts.flatMap((part) => part.databases),
    variables: parts.flatMap((part) => part.variables),
    variableStates: parts.flatMap((part) => part.variableStates),
    home: { url: home },
    redisUrl: REDIS_URL,
  };
};

/**
 * Loads the config file (default `sexton.config.ts` in the working directory) and checks it together with
 * `env`. Addresses of an embedded stack must be in `env` already: unset means embed, and embedding comes first.
 */
export const loadCatalog = async ({
  env,
  configFile = CONFIG_FILE,
}: {
  readonly env: Env;
  readonly configFile?: string;
}): Promise<Catalog> => assembleCatalog(await loadConfigFile(resolve(configFile), env), env);

/** A pack's database whose address nobody stated, and the variable that an embedded one is given by. */
export interface UnstatedDatabase {
  readonly pack: string;
  readonly name: string;
  readonly variable: string;
}

/** Which pack databases an embedded stack must stand in for. */
export const unstatedDatabases = (config: LoadedConfig, env: Env): readonly UnstatedDatabase[] =>
  config.packs.flatMap((pack) =>
    Object.entries(pack.databases).flatMap(([name, definition]) => {
      // Sexton's own is brought along for Sexton itself.
      if ('home' in definition) return [];
      const { url } = definition;
      if (env[variableIn({ env, pack: pack.name, name: url })] !== undefined) return [];
      return [{ pack: pack.name, name, variable: `${packScope(pack.name)}__${url}` }];
    }),
  );
