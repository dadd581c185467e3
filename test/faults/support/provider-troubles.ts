// How each provider is made to fail, in its own way: away, silent, gone after it accepted, failing after it accepted, or
// asking to be left alone for minutes.
import type { Providers } from './providers.ts';

export const TROUBLES = [
  'away',
  'does not answer',
  'drops the connection after accepting',
  'fails after accepting',
  'asks to wait for minutes',
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** The trouble begins once it has taken the message. */
export const hasAccepted = (trouble: Trouble): boolean => trouble.endsWith('after accepting');

/** How many requests meet it: at most one a message where it has been taken, since that is one crash. */
const TIMES: Readonly<Record<Trouble, number>> = {
  away: 3,
  'does not answer': 2,
  'drops the connection after accepting': 1,
  'fails after accepting': 1,
  'asks to wait for minutes': 4,
};

const HTTP = {
  away: 'reset',
  'does not answer': 'timeout',
  'drops the connection after accepting': 'reset-after-post',
  'fails after accepting': 'http-500-after-post',
  'asks to wait for minutes': 'ratelimited',
} as const satisfies Readonly<Record<Trouble, string>>;

/** Slack has no 500 after a post: it says so in a word. */
const SLACK = { ...HTTP, 'fails after accepting': 'internal_error-after-post' } as const;

/** 30 s at a time, as the others of our fakes do. */
const WEBHOOK = {
  ...HTTP,
  'asks to wait for minutes': { status: 429, headers: { 'retry-after': '30' } },
} as const;

/**
 * SMTP knows neither a status after the text was taken nor a time to wait: no answer, and 421 again and again, once less
 * than would have it told elsewhere as well.
 */
const SMTP = {
  away: 'busy',
  'does not answer': 'no-greeting',
  'drops the connection after accepting': 'drop-after-take',
  'fails after accepting': 'no-answer-after-take',
  'asks to wait for minutes': 'busy',
} as const satisfies Readonly<Record<Trouble, string>>;

/** Every provider, by target, that fails from its next message on. */
export const trouble = (providers: Providers, kind: Trouble, targets: readonly string[]): void => {
  const next = TIMES[kind];
  const { pagerduty, sentry, smtp, slack, incoming, webhook } = providers;
  const begin: Readonly<Record<string, () => void>> = {
    pagerduty: () => pagerduty.fail({ next, with: HTTP[kind] }),
    sentry: () => sentry.fail({ next, with: HTTP[kind] }),
    'email:ops@example.org': () => smtp.fail({ next: next === 4 ? 5 : next, with: SMTP[kind] }),
    'slack:ops-alerts': () => slack.fail({ next, with: SLACK[kind] }),
    'slack:webhook': () => incoming.fail({ next, with: SLACK[kind] }),
    webhook: () => webhook.fail({ next, with: WEBHOOK[kind] }),
  };
  for (const target of targets) begin[target]?.();
};
