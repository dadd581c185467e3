// Brings config file and environment together into the catalog. Everything that is wrong with either is
// told at once, and then nothing is done.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog, CatalogDatabase, CatalogJob } from '../catalog/catalog.ts';
import { ConfigurationError, type Fault } from '../catalog/faults.ts';
import { checkDeclarations, type LoadedConfig, loadConfigFile } from '../catalog/load.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import { toSnapshot } from '../catalog/snapshot.ts';
import { type Profile, postgresUrl } from '../catalog/variables.ts';
import { jobId } from '../domain/ids.ts';
import { DEFAULT_SETTINGS, type EngineSettings } from '../domain/settings.ts';
import { addressRule, ENGINE_VARIABLES, readEngineEnv } from './engine-env.ts';
import type { Env } from './env.ts';
import { packScope, readPackEnv, readVariables, sharedNameFaults, variableIn } from './pack-env.ts';

/** Default name of the config file, looked up in the working directory. */
export const CONFIG_FILE = 'sexton.config.ts';

const packDatabases = (
  pack: CheckedPack,
  env: Env,
  profile: Profile,
): { readonly databases: readonly CatalogDatabase[]; readonly faults: readonly Fault[] } => {
  const shape = Object.fromEntries(Object.values(pack.databases).map(({ url }) => [url, postgresUrl()]));
  const { values, faults } = readVariables({ shape, env, pack: pack.name });
  const databases = Object.entries(pack.databases).flatMap(([name, { url, migrations }]) => {
    const address = values[url];
    if (typeof address !== 'string') return [];
    const folder = migrations === undefined ? {} : { migrationsDir: fileURLToPath(migrations) };
    return [{ pack: pack.name, name, url: address, ...folder }];
  });
  const worded = faults.map((fault) =>
    env[fault.place] === undefined ? { ...fault, rule: addressRule('Postgres', profile) } : fault,
  );
  return { databases, faults: worded };
};

interface PackPart {
  readonly databases: readonly CatalogDatabase[];
  readonly jobs: readonly CatalogJob[];
  readonly faults: readonly Fault[];
}

const readPack = ({
  pack,
  env,
  profile,
  settings,
  runbookBaseUrl,
}: {
  readonly pack: CheckedPack;
  readonly env: Env;
  readonly profile: Profile;
  readonly settings: EngineSettings;
  readonly runbookBaseUrl: string | undefined;
}): PackPart => {
  const { databases, faults: addressFaults } = packDatabases(pack, env, profile);
  const own = readPackEnv(pack, env);
  const declared = checkDeclarations(pack, own.values);
  // With stand-ins for faulty variables `build` may throw for want of them; that is no fault of its own.
  const hollow = own.faults.length > 0 && declared.faults.some(({ place }) => place.endsWith('.build'));
  const jobs = declared.jobs.map((job) => ({
    id: jobId(pack.name, job.name),
    pack: pack.name,
    name: job.name,
    schedule: job.schedule,
    snapshot: toSnapshot({ pack: pack.name, job, settings, runbookBaseUrl }),
  }));
  return { databases, jobs, faults: [...addressFaults, ...own.faults, ...(hollow ? [] : declared.faults)] };
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
  const {
    SEXTON_DATABASE_URL: home = DATABASE_URL,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  } = engine.values;
  const settings = { ...DEFAULT_SETTINGS, ...config.settings };
  // Packs read the profile as a variable, so one that the config file states is given to them as one.
  const packEnv = { ...env, SEXTON_PROFILE: env['SEXTON_PROFILE'] ?? profile };
  const parts = config.packs.map((pack) =>
    readPack({ pack, env: packEnv, profile, settings, runbookBaseUrl: RUNBOOK_BASE_URL }),
  );
  const shared = sharedNameFaults([
    { owner: 'the engine', shape: ENGINE_VARIABLES },
    ...config.packs.map(({ name, env: shape }) => ({ owner: `pack ${name}`, shape })),
  ]);
  const faults = [...config.faults, ...engine.faults, ...shared, ...parts.flatMap((part) => part.faults)];
  if (faults.length > 0 || home === undefined || REDIS_URL === undefined)
    throw new ConfigurationError(faults);
  return {
    profile,
    packs: config.packs,
    jobs: parts.flatMap((part) => part.jobs),
    databases: parts.flatMap((part) => part.databases),
    home: { url: home },
    redisUrl: REDIS_URL,
    temporal: {
      ...(address === undefined ? {} : { address }),
      ...(namespace === undefined ? {} : { namespace }),
    },
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
}): Promise<Catalog> => assembleCatalog(await loadConfigFile(resolve(configFile)), env);

/** A pack's database whose address nobody stated, and the variable that an embedded one is given by. */
export interface UnstatedDatabase {
  readonly pack: string;
  readonly name: string;
  readonly variable: string;
}

/** Which pack databases an embedded stack must stand in for. */
export const unstatedDatabases = (config: LoadedConfig, env: Env): readonly UnstatedDatabase[] =>
  config.packs.flatMap((pack) =>
    Object.entries(pack.databases)
      .filter(([, { url }]) => env[variableIn({ env, pack: pack.name, name: url })] === undefined)
      .map(([name, { url }]) => ({ pack: pack.name, name, variable: `${packScope(pack.name)}__${url}` })),
  );
