// How the engine's channels are reached, out of its variables. A channel whose variables are not set is simply
// not to be had: its notices go to `log` (SLA-74).
import type { EnvShape } from '../catalog/define.ts';
import { requiredExactlyWith } from '../catalog/env-rules.ts';
import { type Fault, shownVariable } from '../catalog/faults.ts';
import { token, url } from '../catalog/variables.ts';
import type { Env } from './env.ts';
import { readVariables } from './pack-env.ts';

export const CHANNEL_VARIABLES = {
  /** Slack's incoming webhook, for the target `slack:webhook`. */
  SLACK_WEBHOOK_URL: url().optional(),
  /** For every other target in Slack: names and ids of channels. */
  SLACK_BOT_TOKEN: token().optional(),
  /** Where Slack's Web API is; default https://slack.com/api/. */
  SLACK_API_URL: url().optional(),
  /** Takes every notification of the target `webhook`. */
  WEBHOOK_URL: url().optional(),
  /** Signs what goes to WEBHOOK_URL. */
  WEBHOOK_SECRET: token().optional(),
} satisfies EnvShape;

/** The rules over several of the variables. Judged by what is set, so that an unsound one is told once. */
export const channelFaults = (env: Env): readonly Fault[] => {
  const broken = requiredExactlyWith('WEBHOOK_SECRET', 'WEBHOOK_URL').broken(
    env,
    (name) => env[name] !== undefined,
  );
  if (!broken) return [];
  const { variable: place, rule } = broken;
  const value = env[place];
  return [{ place, rule, ...(value !== undefined && { value: shownVariable({ name: place, value }) }) }];
};

/** Settings of the channels; for an environment that was found sound. */
export const channelSettings = (env: Env) => {
  const { values } = readVariables({ shape: CHANNEL_VARIABLES, env });
  const { SLACK_WEBHOOK_URL, SLACK_BOT_TOKEN, SLACK_API_URL, WEBHOOK_URL, WEBHOOK_SECRET } = values;
  const slack = {
    ...(SLACK_WEBHOOK_URL !== undefined && { webhookUrl: SLACK_WEBHOOK_URL }),
    ...(SLACK_BOT_TOKEN !== undefined && { botToken: SLACK_BOT_TOKEN }),
    ...(SLACK_API_URL !== undefined && { apiUrl: SLACK_API_URL }),
  };
  return {
    ...(SLACK_WEBHOOK_URL !== undefined || SLACK_BOT_TOKEN !== undefined ? { slack } : {}),
    ...(WEBHOOK_URL !== undefined && WEBHOOK_SECRET !== undefined
      ? { webhook: { url: WEBHOOK_URL, secret: WEBHOOK_SECRET } }
      : {}),
  };
};
