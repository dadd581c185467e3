// How variables stand that health checks look at: set and of their form, or not, and never what they are (SLA-48). The
// environment of a process does not change, so it is judged once.
import type { CatalogVariableState, VariableState } from '../catalog/catalog.ts';
import type { EnvShape } from '../catalog/define/pack.ts';
import type { CheckedHealthCheck } from '../catalog/schema/checks.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import { postgresUrl } from '../catalog/variables.ts';
import { ENGINE_VARIABLES } from './engine-env.ts';
import type { Env } from './env.ts';
import { databaseVariables, variableIn } from './pack-env.ts';

/** By what is known of it: the pack's own word first, else the engine's; any other need only be set. */
const schemaOf = (pack: CheckedPack, name: string): EnvShape[string] | undefined => {
  if (databaseVariables(pack).includes(name)) return postgresUrl();
  const engine: EnvShape = ENGINE_VARIABLES;
  return pack.env[name] ?? engine[name];
};

const stateOf = (pack: CheckedPack, name: string, env: Env): VariableState => {
  const value = env[variableIn({ env, pack: pack.name, name })];
  if (value === undefined) return { is: 'missing' };
  if (value.trim() === '') return { is: 'empty' };
  const result = schemaOf(pack, name)?.safeParse(value);
  if (!result || result.success) return { is: 'sound' };
  return { is: 'malformed', rule: result.error.issues[0]?.message ?? 'is not valid' };
};

/** Of every variable that one of the pack's health checks names. */
export const variableStates = (
  pack: CheckedPack,
  checks: readonly CheckedHealthCheck[],
  env: Env,
): readonly CatalogVariableState[] => {
  const names = checks.flatMap((each) =>
    Object.values(each.checks).flatMap((check) => (check.kind === 'variable' ? [check.variable] : [])),
  );
  return [...new Set(names)].map((name) => ({ pack: pack.name, name, state: stateOf(pack, name, env) }));
};
