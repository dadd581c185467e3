// Reads the variables of packs: `<PACK>__NAME` first, then `NAME`. A name that packs share must mean the
// same to all of them, because one value serves them all.
import { z } from 'zod';
import type { EnvOf, EnvShape } from '../catalog/define/pack.ts';
import { type Fault, shownVariable } from '../catalog/faults/fault.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import type { Env } from './env.ts';

/** Values that are sound, those with faults absent, and the faults. */
export interface ReadEnv<Shape extends EnvShape> {
  readonly values: Partial<EnvOf<Shape>>;
  readonly faults: readonly Fault[];
}

/** `sla-monitoring` → `SLA_MONITORING`. */
export const packScope = (pack: string): string => pack.toUpperCase().replaceAll('-', '_');

/** The name under which a pack's variable is set: the scoped one where it is, else the plain one. */
export const variableIn = ({
  env,
  pack,
  name,
}: {
  readonly env: Env;
  readonly pack: string;
  readonly name: string;
}): string => {
  const scoped = `${packScope(pack)}__${name}`;
  return env[scoped] === undefined ? name : scoped;
};

const firstRule = (issues: readonly z.core.$ZodIssue[]): string => issues[0]?.message ?? 'is not valid';

/** Reads each variable of a shape by itself, so that one fault hides no other. */
export const readVariables = <Shape extends EnvShape>({
  shape,
  env,
  pack,
}: {
  readonly shape: Shape;
  readonly env: Env;
  readonly pack?: string;
}): ReadEnv<Shape> => {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const [name, schema] of Object.entries(shape)) {
    const place = pack === undefined ? name : variableIn({ env, pack, name });
    const value = env[place];
    const result = schema.safeParse(value);
    if (result.success) values[name] = result.data;
    else {
      const fault = { place, rule: firstRule(result.error.issues) };
      faults.push(value === undefined ? fault : { ...fault, value: shownVariable({ name: place, value }) });
      // The default stands in, so that what depends on it can be checked in the same go.
      const standIn = schema.safeParse(undefined);
      if (standIn.success) values[name] = standIn.data;
    }
  }
  return { values: values as Partial<EnvOf<Shape>>, faults };
};

const defaultText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;

const brokenRules = (pack: CheckedPack, env: Env, read: ReadEnv<EnvShape>): readonly Fault[] => {
  const where = (name: string): string => variableIn({ env, pack: pack.name, name });
  const faulty = new Set(read.faults.map(({ place }) => place));
  const judged = (pack.envRules ?? []).filter(({ needs }) => !needs.some((name) => faulty.has(where(name))));
  return judged.flatMap((rule) => {
    const broken = rule.broken(read.values, (name) => env[where(name)] !== undefined);
    if (!broken) return [];
    const place = where(broken.variable);
    const value = env[place] ?? defaultText(read.values[broken.variable]);
    const fault = { place, rule: broken.rule };
    return [value === undefined ? fault : { ...fault, value: shownVariable({ name: place, value }) }];
  });
};

/** The variables that hold the addresses of a pack's databases. */
export const databaseVariables = (pack: CheckedPack): readonly string[] =>
  Object.values(pack.databases).flatMap((definition) => ('url' in definition ? [definition.url] : []));

/** `SLA_MONITORING__TYPO` would silently do nothing, so it is a fault. */
const unknownScoped = (pack: CheckedPack, env: Env): readonly Fault[] => {
  const known = new Set([...Object.keys(pack.env), ...databaseVariables(pack)]);
  const prefix = `${packScope(pack.name)}__`;
  const scoped = Object.keys(env).filter((name) => name.startsWith(prefix) && env[name] !== undefined);
  const unknown = scoped.filter((name) => !known.has(name.slice(prefix.length)));
  return unknown.map((place) => ({ place, rule: `pack ${pack.name} has no such variable` }));
};

/** A pack's variables, checked by themselves and against each other. */
export const readPackEnv = (pack: CheckedPack, env: Env): ReadEnv<EnvShape> => {
  const read = readVariables({ shape: pack.env, env, pack: pack.name });
  return {
    values: read.values,
    faults: [...read.faults, ...brokenRules(pack, env, read), ...unknownScoped(pack, env)],
  };
};

/** What two descriptions of one variable must agree in: type, rule, and what stands in when it is not set. */
const fingerprint = (schema: EnvShape[string]): string => {
  const { success, data } = schema.safeParse(undefined);
  const unset = success ? { standIn: data ?? null } : 'required';
  return JSON.stringify([z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), unset]);
};

/** Faults for each name that is described in two ways. */
export const sharedNameFaults = (
  owners: readonly { readonly owner: string; readonly shape: EnvShape }[],
): readonly Fault[] => {
  const first = new Map<string, { readonly owner: string; readonly print: string }>();
  return owners.flatMap(({ owner, shape }) =>
    Object.entries(shape).flatMap(([name, schema]) => {
      const print = fingerprint(schema);
      const before = first.get(name);
      if (!before) first.set(name, { owner, print });
      if (!before || before.print === print) return [];
      return [
        { place: name, rule: `must have one type and default, but ${before.owner} and ${owner} differ` },
      ];
    }),
  );
};
