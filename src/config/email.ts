// How e-mail leaves: one server, one sender.
import type { EnvShape } from '../catalog/define/pack.ts';
import { requiredExactlyWith } from '../catalog/env-rules.ts';
import { type Fault, shownVariable } from '../catalog/faults/fault.ts';
import { text, url } from '../catalog/variables.ts';
import type { Env } from './env.ts';
import { readVariables } from './pack-env.ts';

const ADDRESS = '[^\\s@<>"]+@[^\\s@<>"]+';

const isServer = (value: string): boolean => {
  if (!URL.canParse(value)) return false;
  const { hostname, pathname, searchParams, hash } = new URL(value);
  const known = ([name, given]: readonly [string, string]) =>
    name === 'requireTLS' && ['true', 'false'].includes(given);
  return hostname !== '' && ['', '/'].includes(pathname) && hash === '' && [...searchParams].every(known);
};

export const EMAIL_VARIABLES = {
  /** Takes the mail: `smtp://user:password@host:587`, encrypted by STARTTLS, or `smtps://…`, encrypted at once. */
  SMTP_URL: url(['smtp', 'smtps'])
    .refine(isServer, { error: 'must name a host, and nothing after it but ?requireTLS=true or false' })
    .optional(),
  /** Who e-mails are from: an address, or `Name <address>`. */
  EMAIL_FROM: text(
    new RegExp(`^(?:${ADDRESS}|[^\\r\\n<>"@]*[^\\s<>"@] <${ADDRESS}>)$`),
    'must be an e-mail address, or Name <address>',
  ).optional(),
} satisfies EnvShape;

/** Judged by what is set, so that an unsound one is told once. */
export const emailFaults = (env: Env): readonly Fault[] => {
  const broken = requiredExactlyWith('EMAIL_FROM', 'SMTP_URL').broken(
    env,
    (variable) => env[variable] !== undefined,
  );
  if (!broken) return [];
  const { variable: place, rule } = broken;
  const value = env[place];
  return [{ place, rule, ...(value !== undefined && { value: shownVariable({ name: place, value }) }) }];
};

/** Undefined where no server is set. */
export const emailSettings = (env: Env) => {
  const { SMTP_URL, EMAIL_FROM } = readVariables({ shape: EMAIL_VARIABLES, env }).values;
  return SMTP_URL === undefined || EMAIL_FROM === undefined
    ? undefined
    : { smtpUrl: SMTP_URL, from: EMAIL_FROM };
};
