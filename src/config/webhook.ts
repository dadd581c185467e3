// The signed webhooks: `webhook` out of WEBHOOK_URL and its kin, `webhook:shop` out of WEBHOOK_URL__SHOP and its.
import type { EnvShape } from '../catalog/define/pack.ts';
import { requiredExactlyWith } from '../catalog/env-rules.ts';
import { type Fault, shownVariable } from '../catalog/faults/fault.ts';
import { oneOf, token, url } from '../catalog/variables.ts';
import type { Env } from './env.ts';
import { namedVariable, readNamed } from './named-variables.ts';
import { readVariables } from './pack-env.ts';

const format = () => oneOf(['sexton', 'alertmanager']);

export const WEBHOOK_VARIABLES = {
  /** Takes every notification of the target `webhook`. */
  WEBHOOK_URL: url().optional(),
  /** Signs what goes to WEBHOOK_URL. */
  WEBHOOK_SECRET: token().optional(),
  /** Whose words it is told in: Sexton's own, or those of Alertmanager's webhooks. Default `sexton`. */
  WEBHOOK_FORMAT: format().optional(),
} satisfies EnvShape;

const named = (env: Env) => ({
  urls: readNamed({ env, variable: 'WEBHOOK_URL', schema: url() }),
  secrets: readNamed({ env, variable: 'WEBHOOK_SECRET', schema: token() }),
  formats: readNamed({ env, variable: 'WEBHOOK_FORMAT', schema: format() }),
});

/** Every ending that one of the variables carries, `''` for those without. */
const namesIn = ({ urls, secrets, formats }: ReturnType<typeof named>): readonly string[] => [
  ...new Set(['', ...[urls, secrets, formats].flatMap(({ values }) => Object.keys(values))]),
];

/** Judged by what is set, so that an unsound one is told once. */
const incomplete = (env: Env, name: string): readonly Fault[] => {
  const [address, secret, words] = ['WEBHOOK_URL', 'WEBHOOK_SECRET', 'WEBHOOK_FORMAT'].map((variable) =>
    namedVariable(variable, name),
  ) as [string, string, string];
  const broken =
    requiredExactlyWith(secret, address).broken(env, (variable) => env[variable] !== undefined) ??
    (env[words] !== undefined && env[address] === undefined
      ? { variable: words, rule: `must not be set without ${address}` }
      : undefined);
  if (!broken) return [];
  const { variable: place, rule } = broken;
  const value = env[place];
  return [{ place, rule, ...(value !== undefined && { value: shownVariable({ name: place, value }) }) }];
};

export const webhookFaults = (env: Env): readonly Fault[] => {
  const found = named(env);
  return [
    ...[found.urls, found.secrets, found.formats].flatMap(({ faults }) => faults),
    ...namesIn(found).flatMap((name) => incomplete(env, name)),
  ];
};

/** Receivers by the ending of their variables, `''` for the one without; undefined where there is none. */
export const webhookSettings = (env: Env) => {
  const { values } = readVariables({ shape: WEBHOOK_VARIABLES, env });
  const { urls, secrets, formats } = named(env);
  const of = <T>(plain: T | undefined, those: Readonly<Record<string, T>>): Readonly<Record<string, T>> => ({
    ...(plain !== undefined && { '': plain }),
    ...those,
  });
  const secretOf = of(values.WEBHOOK_SECRET, secrets.values);
  const formatOf = of(values.WEBHOOK_FORMAT, formats.values);
  const receivers = Object.entries(of(values.WEBHOOK_URL, urls.values)).flatMap(([name, address]) => {
    const secret = secretOf[name];
    if (secret === undefined) return [];
    return [[name, { url: address, secret, format: formatOf[name] ?? 'sexton' }] as const];
  });
  return receivers.length > 0 ? Object.fromEntries(receivers) : undefined;
};
