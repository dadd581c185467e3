// Where the team and on-call are told (DRAFT-04, DRAFT-65). Staging says where its own contact points are; until it does, what
// would go to production's goes to the log (DRAFT-78).
import { CONTACTS, type DraftEnv } from './env.ts';

/** A channel by its name needs the bot; a webhook goes where it is bound, and each environment has its own. */
const slack = (env: DraftEnv, variable: 'DRAFT_SLACK_CHANNEL' | 'DRAFT_ONCALL_CHANNEL'): string => {
  if (env.SLACK_BOT_TOKEN === undefined) return 'slack:webhook';
  return isProductions(env, variable) ? 'log' : `slack:${env[variable].replace('#', '')}`;
};

const isProductions = (env: DraftEnv, variable: keyof typeof CONTACTS): boolean =>
  env.SEXTON_PROFILE === 'staging' && env[variable] === CONTACTS[variable];

/** MEDIUM: the backend team, in the daytime. */
export const team = (env: DraftEnv): readonly string[] => [
  slack(env, 'DRAFT_SLACK_CHANNEL'),
  isProductions(env, 'DRAFT_TEAM_EMAIL') ? 'log' : `email:${env.DRAFT_TEAM_EMAIL}`,
];

/** HIGH: the on-call channel, and the pager. */
export const high = (env: DraftEnv): readonly string[] => [slack(env, 'DRAFT_ONCALL_CHANNEL'), 'pagerduty'];
