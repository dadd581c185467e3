// Variables that may be set many times, each time with a name at the end: `SLACK_WEBHOOK_URL__SHOP_TEAM` is the
// webhook `shop-team`. They exist as declared by being set; an unsound name or value is a fault of its own.
import { type Fault, shownVariable } from '../catalog/faults/fault.ts';
import type { Variable } from '../catalog/variables.ts';
import type { Env } from './env.ts';

/** Sound values by the name's ending (`SHOP_TEAM`, what `addressSuffix` makes of a target's), and the faults. */
export interface NamedValues<T> {
  readonly values: Readonly<Record<string, T>>;
  readonly faults: readonly Fault[];
}

const ENDING = /^[A-Z\d]+(?:_[A-Z\d]+)*$/;

/** `SLACK_WEBHOOK_URL` and `SHOP_TEAM` → `SLACK_WEBHOOK_URL__SHOP_TEAM`; without an ending the plain one. */
export const namedVariable = (variable: string, ending: string): string =>
  ending === '' ? variable : `${variable}__${ending}`;

export const readNamed = <T>({
  env,
  variable,
  schema,
}: {
  readonly env: Env;
  readonly variable: string;
  readonly schema: Variable<T>;
}): NamedValues<T> => {
  const values: Record<string, T> = {};
  const faults: Fault[] = [];
  const prefix = `${variable}__`;
  for (const [place, value] of Object.entries(env)) {
    if (!place.startsWith(prefix) || value === undefined) continue;
    const ending = place.slice(prefix.length);
    const result = schema.safeParse(value);
    if (!ENDING.test(ending)) {
      faults.push({ place, rule: `must end in a name in capitals, such as ${prefix}SHOP_TEAM` });
    } else if (result.success) values[ending] = result.data;
    else {
      const rule = result.error.issues[0]?.message ?? 'is not valid';
      faults.push({ place, rule, value: shownVariable({ name: place, value }) });
    }
  }
  return { values, faults };
};
