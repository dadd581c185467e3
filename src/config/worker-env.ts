// The variables of worker processes alone: where their metrics are served, whom their heartbeat calls.
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { EnvShape } from '../catalog/define/pack.ts';
import { number, url } from '../catalog/variables.ts';
import type { Env } from './env.ts';
import { readVariables } from './pack-env.ts';

/** What an address must be that something is bound to. */
export const ADDRESS_RULE = 'must be an IP address and a port, as in 127.0.0.1:9464 or [::]:9464';

/** The SDK binds to addresses only: a name such as `localhost` is none. */
export const isBindable = (value: string): boolean => {
  const [, v4 = '', v6 = '', port] = /^(?:([\d.]+)|\[([^%\]]+)\]):([1-9]\d{0,4})$/.exec(value) ?? [];
  return (isIPv4(v4) || isIPv6(v6)) && Number(port) <= 65_535;
};

export const WORKER_VARIABLES = {
  /** Where a worker serves `/metrics` for Prometheus; nowhere unless it is set. */
  SEXTON_METRICS_ADDRESS: z
    .string()
    .refine(isBindable, { error: ADDRESS_RULE })
    .meta({ rule: ADDRESS_RULE })
    .optional(),
  /** Called by each worker while alerts come through; no heartbeat unless it is set. */
  HEARTBEAT_URL: url().optional(),
  /** Seconds between two heartbeats. */
  HEARTBEAT_SECONDS: number({ atLeast: 1, atMost: 3600, whole: true }).default(60),
} satisfies EnvShape;

/** Where this worker serves its metrics; for an environment that was found sound. */
export const metricsAddress = (env: Env): string | undefined =>
  readVariables({ shape: WORKER_VARIABLES, env }).values.SEXTON_METRICS_ADDRESS;

/** Whom workers of this environment call while alerts come through; for one that was found sound. */
export const heartbeatSettings = (
  env: Env,
): { readonly url: string; readonly everySeconds: number } | undefined => {
  const { HEARTBEAT_URL, HEARTBEAT_SECONDS = 60 } = readVariables({ shape: WORKER_VARIABLES, env }).values;
  return HEARTBEAT_URL === undefined ? undefined : { url: HEARTBEAT_URL, everySeconds: HEARTBEAT_SECONDS };
};
