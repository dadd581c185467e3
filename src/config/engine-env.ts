// The engine's own variables (design §10). Only those with a use are described; the others come with what
// needs them.
import type { EnvShape } from '../catalog/define/pack.ts';
import { type Profile, postgresUrl, profile, redisUrl, text, url } from '../catalog/variables.ts';
import { BLOB_VARIABLES } from './blob.ts';
import { CHANNEL_VARIABLES, channelFaults } from './channels.ts';
import type { Env } from './env.ts';
import { GATEWAY_VARIABLES } from './gateway-env.ts';
import { type ReadEnv, readVariables } from './pack-env.ts';
import { WORKER_VARIABLES } from './worker-env.ts';

export const ENGINE_VARIABLES = {
  /** development, staging or production. */
  SEXTON_PROFILE: profile(),
  /** Home database; default DATABASE_URL. */
  SEXTON_DATABASE_URL: postgresUrl().optional(),
  DATABASE_URL: postgresUrl().optional(),
  REDIS_URL: redisUrl().optional(),
  /** `host:port`; the SDK's own configuration fills in what is absent. */
  TEMPORAL_ADDRESS: text(/^[^\s/:]+:\d+$|^\[[^\s]+\]:\d+$/, 'must be host:port').optional(),
  TEMPORAL_NAMESPACE: text(/^\S+$/, 'must not be empty or hold blanks').optional(),
  /** Where runbooks are read; a job's runbook is a name below it. */
  RUNBOOK_BASE_URL: url().optional(),
  ...BLOB_VARIABLES,
  ...CHANNEL_VARIABLES,
  ...WORKER_VARIABLES,
  ...GATEWAY_VARIABLES,
} satisfies EnvShape;

/** The rule that an address breaks which nobody stated (SLA-82). */
export const addressRule = (name: string, where: Profile): string =>
  where === 'development'
    ? `must be set, or left to \`npx sexton dev\`, which brings its own ${name}`
    : `must be set in ${where}`;

/** The engine's variables, and what is wrong with them. */
export const readEngineEnv = (
  env: Env,
  configured: Profile | undefined,
): ReadEnv<typeof ENGINE_VARIABLES> => {
  const read = readVariables({ shape: ENGINE_VARIABLES, env });
  const where = read.values.SEXTON_PROFILE ?? configured ?? 'development';
  const missing = (variable: string, name: string) =>
    env[variable] === undefined ? [{ place: variable, rule: addressRule(name, where) }] : [];
  // The home database has an address of its own or shares DATABASE_URL.
  const home = env['SEXTON_DATABASE_URL'] === undefined ? missing('DATABASE_URL', 'Postgres') : [];
  return {
    values: { ...read.values, SEXTON_PROFILE: where },
    faults: [...read.faults, ...channelFaults(env), ...home, ...missing('REDIS_URL', 'Redis')],
  };
};
