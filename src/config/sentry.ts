// How Sentry is reached, out of the engine's variables.
import type { EnvShape } from '../catalog/define/pack.ts';
import { type Fault, shownVariable } from '../catalog/faults/fault.ts';
import { oneOf, url } from '../catalog/variables.ts';
import { DSN_RULE, parseDsn } from '../domain/alerts/sentry-dsn.ts';
import type { Env } from './env.ts';
import { readVariables } from './pack-env.ts';

export const SENTRY_VARIABLES = {
  /** Project that takes every notification of the target `sentry`. */
  SENTRY_DSN: url().optional(),
  /** Whether Sentry is told when a schedule begins and ends its work (a "cron monitor" each); default false. */
  SENTRY_CHECK_INS: oneOf(['true', 'false']).optional(),
} satisfies EnvShape;

/** What is wrong beyond each variable by itself. */
export const sentryFaults = (env: Env): readonly Fault[] => {
  const { SENTRY_DSN: dsn, SENTRY_CHECK_INS: checkIns } = env;
  // That it must be an address was said already, where it is none.
  const unsound = dsn !== undefined && url().safeParse(dsn).success && parseDsn(dsn) === undefined;
  return [
    ...(unsound
      ? [
          {
            place: 'SENTRY_DSN',
            rule: DSN_RULE,
            value: shownVariable({ name: 'SENTRY_DSN', value: dsn }),
          },
        ]
      : []),
    ...(checkIns === 'true' && dsn === undefined
      ? [{ place: 'SENTRY_DSN', rule: 'must be set when SENTRY_CHECK_INS is true' }]
      : []),
  ];
};

/** For an environment that was found sound; undefined where no project is stated. */
export const sentrySettings = (env: Env) => {
  const { SENTRY_DSN: dsn, SENTRY_CHECK_INS: checkIns } = readVariables({
    shape: SENTRY_VARIABLES,
    env,
  }).values;
  if (dsn === undefined) return undefined;
  const environment = env['SEXTON_PROFILE'];
  return { dsn, checkIns: checkIns === 'true', ...(environment !== undefined && { environment }) };
};
