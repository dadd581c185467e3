// Reads sexton.config.ts and checks what it declares. Environment is not known here: `src/config/` reads it
// and brings both together.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import type { EngineSettings } from '../domain/settings.ts';
import type { Roles } from './define-alerts.ts';
import type { Fault } from './faults.ts';
import { doubled, listOf, message, nameOf } from './inspect.ts';
import { type CheckedPack, configSchema, packSchema } from './schema/config.ts';
import type { Profile } from './variables.ts';
import { check } from './zod-faults.ts';

/** A config whose packs are sound as far as that can be told without environment. */
export interface LoadedConfig {
  readonly packs: readonly CheckedPack[];
  readonly roles: Roles;
  readonly settings: Partial<EngineSettings>;
  readonly profile: Profile | undefined;
  readonly faults: readonly Fault[];
}

// Variables, tables and queues are named after packs with `_` for `-`: there `a-b` and `a_b` would be one.
const alikePacks = (packs: readonly CheckedPack[]): readonly Fault[] =>
  doubled(packs.map(({ name }) => name.replaceAll('-', '_'))).map((name) => ({
    place: `pack ${name}`,
    rule: 'must be the only pack of this name (- and _ count as one)',
  }));

// While roles have faults of their own they are still known by name, so that no policy is blamed for naming one.
const rolesNamed = (input: unknown): Roles => {
  const roles: unknown =
    typeof input === 'object' && input !== null ? Reflect.get(input, 'roles') : undefined;
  const names = typeof roles === 'object' && roles !== null ? Object.keys(roles) : [];
  return Object.fromEntries(names.map((name) => [name, []]));
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
  const { settings = {}, profile, roles } = config.ok ? config.value : { roles: rolesNamed(input) };
  // `undefined` for a key that was left out is the same as leaving it out.
  const stated = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return { packs: sound, roles, settings: stated, profile, faults };
};

/** Loads a config file, TypeScript or JavaScript, from source or beside a build. */
export const loadConfigFile = async (file: string): Promise<LoadedConfig> => {
  const none = { packs: [], roles: {}, settings: {}, profile: undefined };
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
