// Addresses of the config file that the environment states: `email:{TEAM_LEAD_EMAIL or lead@example.org}`. Filled in before
// anything is checked, so that what is wrong with an address is told of the address.
import type { Fault } from './faults/fault.ts';

type Env = Readonly<Record<string, string | undefined>>;

const NAMED = /\{([A-Z][A-Z0-9_]*)(?: or ([^{}]+))?\}/g;

const FIELDS = ['roles', 'people', 'fallback'];

interface Filled {
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

const fillText = (text: string, env: Env, place: string): Filled => {
  const faults: Fault[] = [];
  const value = text.replace(NAMED, (whole, name: string, otherwise?: string) => {
    // An empty variable is one that was not set.
    const stated = env[name] === '' ? otherwise : (env[name] ?? otherwise);
    if (stated === undefined)
      faults.push({ place, rule: `must be set: ${place} names ${name}`, value: whole });
    return stated ?? whole;
  });
  return { value, faults };
};

/** Every text below, whatever it belongs to. */
const fill = (input: unknown, env: Env, place: string): Filled => {
  if (typeof input === 'string') return fillText(input, env, place);
  if (typeof input !== 'object' || input === null) return { value: input, faults: [] };
  const parts = Object.entries(input).map(
    ([key, each]) => [key, fill(each, env, `${place}.${key}`)] as const,
  );
  const faults = parts.flatMap(([, each]) => each.faults);
  if (Array.isArray(input)) return { value: parts.map(([, each]) => each.value), faults };
  return { value: Object.fromEntries(parts.map(([key, each]) => [key, each.value])), faults };
};

/** The config with its contacts filled in. Names without a value and without an `or` are left as they are, and told. */
export const withContacts = (input: unknown, env: Env, place: string): Filled => {
  if (typeof input !== 'object' || input === null) return { value: input, faults: [] };
  const parts = Object.entries(input).map(
    ([key, each]) =>
      [key, FIELDS.includes(key) ? fill(each, env, `${place}.${key}`) : { value: each, faults: [] }] as const,
  );
  return {
    value: Object.fromEntries(parts.map(([key, each]) => [key, each.value])),
    faults: parts.flatMap(([, each]) => each.faults),
  };
};
