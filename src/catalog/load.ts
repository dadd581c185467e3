// Reads sexton.config.ts and checks what it declares. Environment is not known here: `src/config/` reads it
// and brings both together.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import type { Directory, Rotation } from '../domain/alerts/on-call.ts';
import type { EngineSettings } from '../domain/settings.ts';
import { withContacts } from './contact-variables.ts';
import type { Fault } from './faults/fault.ts';
import { namesOf, peopleFaults } from './faults/people.ts';
import { check } from './faults/zod.ts';
import { doubled, listOf, message, nameOf } from './inspect.ts';
import { type CheckedConfig, type CheckedPack, configSchema, packSchema } from './schema/config.ts';
import type { Profile } from './variables.ts';

/** A config whose packs are sound as far as that can be told without environment. */
export interface LoadedConfig {
  readonly packs: readonly CheckedPack[];
  /** Roles, people and rotations; while these have faults, their names alone. */
  readonly directory: Directory;
  readonly settings: Partial<EngineSettings>;
  /** A target, as text. */
  readonly fallback?: string | undefined;
  readonly profile: Profile | undefined;
  readonly faults: readonly Fault[];
}

// Variables, tables and queues are named after packs with `_` for `-`: there `a-b` and `a_b` would be one.
const alikePacks = (packs: readonly CheckedPack[]): readonly Fault[] =>
  doubled(packs.map(({ name }) => name.replaceAll('-', '_'))).map((name) => ({
    place: `pack ${name}`,
    rule: 'must be the only pack of this name (- and _ count as one)',
  }));

// While the config has faults its names are still known, so that no policy is blamed for using one.
const namesAlone = (input: unknown): Directory => {
  const all = <T>(kind: 'roles' | 'people' | 'rotations', value: T): Readonly<Record<string, T>> =>
    Object.fromEntries(namesOf(input, kind).map((name) => [name, value]));
  const nobodys: Rotation = { name: '', zone: 'UTC', members: [''], everyHours: 1, first: '', overrides: [] };
  return {
    roles: all('roles', []),
    people: all('people', { targets: [] }),
    rotations: all('rotations', nobodys),
  };
};

const named = (rotations: Readonly<Record<string, Omit<Rotation, 'name'>>>): Directory['rotations'] =>
  Object.fromEntries(Object.entries(rotations).map(([name, rotation]) => [name, { name, ...rotation }]));

type Env = Readonly<Record<string, string | undefined>>;

/** Checks the default export of a config file; `env` has the addresses that it names. */
export const checkConfig = (declared: unknown, place = 'sexton.config.ts', env: Env = {}): LoadedConfig => {
  const contacts = withContacts(declared, env, place);
  const input = contacts.value;
  const config = check({ schema: configSchema, input, place });
  const packs = listOf(input, 'packs').map((pack, index) =>
    check({ schema: packSchema, input: pack, place: `pack ${nameOf(pack, `${index}`)}` }),
  );
  const sound = packs.flatMap((pack) => (pack.ok ? [pack.value] : []));
  const faults = [
    ...contacts.faults,
    ...(config.ok ? [] : config.faults),
    ...peopleFaults(input, place),
    ...packs.flatMap((pack) => (pack.ok ? [] : pack.faults)),
    ...alikePacks(sound),
  ];
  const { settings = {}, profile, fallback }: Partial<CheckedConfig> = config.ok ? config.value : {};
  const directory = config.ok
    ? { roles: config.value.roles, people: config.value.people, rotations: named(config.value.rotations) }
    : namesAlone(input);
  // `undefined` for a key that was left out is the same as leaving it out.
  const stated = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return { packs: sound, directory, settings: stated, profile, fallback, faults };
};

// What a config imports as `sexton` is the Sexton that reads it, also where none is installed beside it: an example in
// this checkout, a command line that is installed elsewhere.
const SEXTON = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url),
);

/** Loads a config file, TypeScript or JavaScript, from source or beside a build. */
export const loadConfigFile = async (file: string, env: Env = {}): Promise<LoadedConfig> => {
  const none = { packs: [], directory: namesAlone({}), settings: {}, profile: undefined };
  if (!existsSync(file))
    return { ...none, faults: [{ place: 'sexton.config.ts', rule: `must exist at ${file}` }] };
  try {
    const jiti = createJiti(import.meta.url, { interopDefault: false, alias: { sexton: SEXTON } });
    const module = await jiti.import<{ readonly default?: unknown }>(pathToFileURL(file).href);
    return checkConfig(module.default, 'sexton.config.ts', env);
  } catch (error) {
    return { ...none, faults: [{ place: 'sexton.config.ts', rule: `must load: ${message(error)}` }] };
  }
};
