// How the engine's channels are reached, out of its variables: a file a channel beside this one. A channel whose
// variables are not set is simply not to be had: its notices go to `log` (SLA-74).
import type { EnvShape } from '../catalog/define/pack.ts';
import type { Fault } from '../catalog/faults/fault.ts';
import { EMAIL_VARIABLES, emailFaults, emailSettings } from './email.ts';
import type { Env } from './env.ts';
import { PAGERDUTY_VARIABLES, pagerDutyFaults, pagerDutySettings } from './pagerduty.ts';
import { SENTRY_VARIABLES, sentryFaults, sentrySettings } from './sentry.ts';
import { SLACK_VARIABLES, slackFaults, slackSettings } from './slack.ts';
import { WEBHOOK_VARIABLES, webhookFaults, webhookSettings } from './webhook.ts';

export const CHANNEL_VARIABLES = {
  ...SLACK_VARIABLES,
  ...WEBHOOK_VARIABLES,
  ...EMAIL_VARIABLES,
  ...PAGERDUTY_VARIABLES,
  ...SENTRY_VARIABLES,
} satisfies EnvShape;

/** What is wrong beyond each variable by itself. Judged by what is set, so that an unsound one is told once. */
export const channelFaults = (env: Env): readonly Fault[] => [
  ...slackFaults(env),
  ...webhookFaults(env),
  ...emailFaults(env),
  ...pagerDutyFaults(env),
  ...sentryFaults(env),
];

/** Settings of the channels; for an environment that was found sound. */
export const channelSettings = (env: Env) => {
  const slack = slackSettings(env);
  const webhook = webhookSettings(env);
  const email = emailSettings(env);
  const pagerduty = pagerDutySettings(env);
  const sentry = sentrySettings(env);
  return {
    ...(slack && { slack }),
    ...(webhook && { webhook }),
    ...(email && { email }),
    ...(pagerduty && { pagerduty }),
    ...(sentry && { sentry }),
  };
};
