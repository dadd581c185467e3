// How Slack is reached: incoming webhooks, each bound to one channel, and the bot for every channel by name.
import type { EnvShape } from '../catalog/define/pack.ts';
import type { Fault } from '../catalog/faults/fault.ts';
import { token, url } from '../catalog/variables.ts';
import type { Env } from './env.ts';
import { readNamed } from './named-variables.ts';
import { readVariables } from './pack-env.ts';

export const SLACK_VARIABLES = {
  /** Slack's incoming webhook, for the target `slack:webhook`; `SLACK_WEBHOOK_URL__SHOP` is `slack:webhook-shop`. */
  SLACK_WEBHOOK_URL: url().optional(),
  /** For every other target in Slack: names and ids of channels. */
  SLACK_BOT_TOKEN: token().optional(),
  /** Where Slack's Web API is; default https://slack.com/api/. */
  SLACK_API_URL: url().optional(),
} satisfies EnvShape;

const namedWebhooks = (env: Env) => readNamed({ env, variable: 'SLACK_WEBHOOK_URL', schema: url() });

export const slackFaults = (env: Env): readonly Fault[] => namedWebhooks(env).faults;

/** Undefined where neither a webhook nor the bot is set. */
export const slackSettings = (env: Env) => {
  const { values } = readVariables({ shape: SLACK_VARIABLES, env });
  const { SLACK_WEBHOOK_URL, SLACK_BOT_TOKEN, SLACK_API_URL } = values;
  const webhooks: Readonly<Record<string, string>> = {
    ...(SLACK_WEBHOOK_URL !== undefined && { '': SLACK_WEBHOOK_URL }),
    ...namedWebhooks(env).values,
  };
  if (Object.keys(webhooks).length === 0 && SLACK_BOT_TOKEN === undefined) return undefined;
  return {
    webhooks,
    ...(SLACK_BOT_TOKEN !== undefined && { botToken: SLACK_BOT_TOKEN }),
    ...(SLACK_API_URL !== undefined && { apiUrl: SLACK_API_URL }),
  };
};
