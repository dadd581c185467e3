// PagerDuty and Sentry of our own where nobody stated real ones: what they take is shown on the terminal.
import type { Env } from '../config/env.ts';
import { startFakePagerDuty } from './fakes/pagerduty.ts';
import { startFakeSentry } from './fakes/sentry.ts';
import { NONE, type StandIn } from './stand-in.ts';

const isStated = (stated: Env, start: string): boolean =>
  Object.keys(stated).some((name) => name.startsWith(start) && stated[name] !== undefined);

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Any variable of PagerDuty's is enough for it to be somebody's. */
export const pagerDutyFor = async (stated: Env, say: (line: string) => void): Promise<StandIn> => {
  if (['PAGERDUTY_ROUTING_KEY', 'PAGERDUTY_API_'].some((start) => isStated(stated, start))) return NONE;
  const pagerDuty = await startFakePagerDuty();
  pagerDuty.onPage(({ payload }) => say(`  PagerDuty pages · ${words(payload['summary'])}`));
  return {
    env: { PAGERDUTY_ROUTING_KEY: pagerDuty.routingKey, PAGERDUTY_API_URL: pagerDuty.apiUrl },
    close: pagerDuty.close,
  };
};

export const sentryFor = async (stated: Env, say: (line: string) => void): Promise<StandIn> => {
  if (isStated(stated, 'SENTRY_DSN')) return NONE;
  const sentry = await startFakeSentry();
  sentry.onEvent(({ payload }) => say(`  Sentry ${words(payload['level'])} · ${words(payload['message'])}`));
  return { env: { SENTRY_DSN: sentry.dsn }, close: sentry.close };
};
