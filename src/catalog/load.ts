// Reads sexton.config.ts and checks what it declares. Environment is not known here: `src/config/` reads it
// and brings both together.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import type { EngineSettings } from '../domain/settings.ts';
import type { Fault } from './faults.ts';
import { type CheckedPack, configSchema, declarationsSchema, packSchema } from './schema/config.ts';
import { type CheckedJob, jobSchema } from './schema/job.ts';
import type { Profile } from './variables.ts';
import { check } from './zod-faults.ts';

/** A config whose packs are sound as far as that can be told without environment. */
export interface LoadedConfig {
  readonly packs: readonly CheckedPack[];
  readonly settings: Partial<EngineSettings>;
  readonly profile: Profile | undefined;
  readonly faults: readonly Fault[];
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const doubled = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

const nameOf = (value: unknown, otherwise: string): string =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
    ? value.name
    : otherwise;

// Variables, tables and queues are named after packs with `_` for `-`: there `a-b` and `a_b` would be one.
const alikePacks = (packs: readonly CheckedPack[]): readonly Fault[] =>
  doubled(packs.map(({ name }) => name.replaceAll('-', '_'))).map((name) => ({
    place: `pack ${name}`,
    rule: 'must be the only pack of this name (- and _ count as one)',
  }));

const listOf = (input: unknown, key: string): readonly unknown[] => {
  const list: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
  return Array.isArray(list) ? list : [];
};

/** Checks the default export of a config file. */
export const checkConfig = (input: unknown, place = 'sexton.config.ts'): LoadedConfig => {
  const config = check({ schema: configSchema, input, place });
  const packs = listOf(input, 'packs').map((pack, index) =>
    check({ schema: packSchema, input: pack, place: `pack ${nameOf(pack, `${index}`)}` }),
  );
  const sound = packs.flatMap((pack) => (pack.ok ? [pack.value] : []));
  const faults = [
    ...(config.ok ? [] : config.faults),
    ...packs.flatMap((pack) => (pack.ok ? [] : pack.faults)),
    ...alikePacks(sound),
  ];
  const { settings = {}, profile } = config.ok ? config.value : {};
  // `undefined` for a key that was left out is the same as leaving it out.
  const stated = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return { packs: sound, settings: stated, profile, faults };
};

/** Loads a config file, TypeScript or JavaScript, from source or beside a build. */
export const loadConfigFile = async (file: string): Promise<LoadedConfig> => {
  const none = { packs: [], settings: {}, profile: undefined };
  if (!existsSync(file))
    return { ...none, faults: [{ place: 'sexton.config.ts', rule: `must exist at ${file}` }] };
  try {
    const jiti = createJiti(import.meta.url, { interopDefault: false });
    const module = await jiti.import<{ readonly default?: unknown }>(pathToFileURL(file).href);
    return checkConfig(module.default);
  } catch (error) {
    return { ...none, faults: [{ place: 'sexton.config.ts', rule: `must load: ${message(error)}` }] };
  }
};

const undeclaredDatabases = (pack: CheckedPack, job: CheckedJob, place: string): readonly Fault[] =>
  job.steps.flatMap(({ selection }, index) =>
    selection.database in pack.databases
      ? []
      : [
          {
            place: `${place}.steps.${index}.selection.database`,
            rule: `must be a database of the pack (${Object.keys(pack.databases).join(', ') || 'it declares none'})`,
            value: JSON.stringify(selection.database),
          },
        ],
  );

/** Runs a pack's `build` and checks what it declares. */
export const checkDeclarations = (
  pack: CheckedPack,
  env: Readonly<Record<string, unknown>>,
): { readonly jobs: readonly CheckedJob[]; readonly faults: readonly Fault[] } => {
  const place = `pack ${pack.name}`;
  let input: unknown;
  try {
    input = pack.build(env);
  } catch (error) {
    return { jobs: [], faults: [{ place: `${place}.build`, rule: `must not throw: ${message(error)}` }] };
  }
  const declared = check({ schema: declarationsSchema, input, place });
  if (!declared.ok) return { jobs: [], faults: declared.faults };
  const jobs: CheckedJob[] = [];
  const faults: Fault[] = [];
  for (const [index, each] of declared.value.jobs.entries()) {
    const at = `${pack.name}/job/${nameOf(each, `${index}`)}`;
    const job = check({ schema: jobSchema, input: each, place: at });
    if (job.ok) jobs.push(job.value);
    faults.push(...(job.ok ? undeclaredDatabases(pack, job.value, at) : job.faults));
  }
  const twice = doubled(jobs.map(({ name }) => name));
  faults.push(
    ...twice.map((name) => ({ place: `${pack.name}/job/${name}`, rule: 'is named twice in its pack' })),
  );
  return { jobs, faults };
};
