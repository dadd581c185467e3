// Where the gateway serves.
import { z } from 'zod';
import type { EnvShape } from '../catalog/define/pack.ts';
import type { Env } from './env.ts';
import { readVariables } from './pack-env.ts';
import { ADDRESS_RULE, isBindable } from './worker-env.ts';

const HERE = '127.0.0.1:9465';

export const GATEWAY_VARIABLES = {
  /** Where `sexton gateway` serves metrics and dashboards. Whoever reaches it reads them: it asks for no password. */
  SEXTON_GATEWAY_ADDRESS: z
    .string()
    .refine(isBindable, { error: ADDRESS_RULE })
    .meta({ rule: ADDRESS_RULE })
    .default(HERE),
} satisfies EnvShape;

/** For an environment that was found sound. */
export const gatewayAddress = (env: Env): string =>
  readVariables({ shape: GATEWAY_VARIABLES, env }).values.SEXTON_GATEWAY_ADDRESS ?? HERE;
