// Every way of reaching people at once, each a fake as treacherous as the real one: what a worker needs to reach them,
// and what they took.
import { startFakePagerDuty } from '../../../src/local/fakes/pagerduty.ts';
import { startFakeSentry } from '../../../src/local/fakes/sentry.ts';
import { startFakeSlack } from '../../../src/local/fakes/slack.ts';
import { startFakeSmtp } from '../../../src/local/fakes/smtp.ts';
import { startWebhookReceiver } from '../../../src/local/fakes/webhook-receiver.ts';
import {
  type Collector,
  createCollector,
  fromEmail,
  fromLog,
  fromPagerDuty,
  fromSentry,
  fromSlack,
  fromWebhook,
} from '../../support/alerts/collector.ts';
import type { WorkerProcess } from '../../support/programs/house.ts';

/** One a provider, and two of Slack: as a bot it can be asked what it has, as a webhook it cannot. */
export const TARGETS = [
  'pagerduty',
  'sentry',
  'email:ops@example.org',
  'slack:ops-alerts',
  'slack:webhook',
  'webhook',
  'log',
] as const;

/** Those that take no key and cannot be asked: what they were told twice, nobody can prevent. */
export const BLIND: readonly string[] = ['email:ops@example.org', 'slack:webhook', 'log'];

/** Those that hear that somebody has it, and those that hear that it is over. */
export const HEAR: Readonly<Record<'acknowledged' | 'resolved', readonly string[]>> = {
  acknowledged: ['pagerduty', 'email:ops@example.org', 'slack:ops-alerts', 'webhook'],
  resolved: ['pagerduty', 'email:ops@example.org', 'slack:ops-alerts', 'slack:webhook', 'webhook'],
};

export interface Providers {
  readonly pagerduty: Awaited<ReturnType<typeof startFakePagerDuty>>;
  readonly sentry: Awaited<ReturnType<typeof startFakeSentry>>;
  readonly smtp: Awaited<ReturnType<typeof startFakeSmtp>>;
  readonly slack: Awaited<ReturnType<typeof startFakeSlack>>;
  /** A workspace of its own for the incoming webhook, so that each way fails by itself. */
  readonly incoming: Awaited<ReturnType<typeof startFakeSlack>>;
  readonly webhook: Awaited<ReturnType<typeof startWebhookReceiver>>;
  /** For the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** What all of them took. `workers` are those whose logs count. */
  readonly collector: (workers: () => readonly WorkerProcess[]) => Collector;
  readonly close: () => Promise<void>;
}

export const startProviders = async (): Promise<Providers> => {
  const [pagerduty, sentry, smtp, slack, incoming, webhook] = await Promise.all([
    startFakePagerDuty(),
    startFakeSentry(),
    startFakeSmtp(),
    startFakeSlack(),
    startFakeSlack(),
    startWebhookReceiver(),
  ]);
  const all = [pagerduty, sentry, smtp, slack, incoming, webhook];
  return {
    pagerduty,
    sentry,
    smtp,
    slack,
    incoming,
    webhook,
    env: {
      PAGERDUTY_ROUTING_KEY: pagerduty.routingKey,
      PAGERDUTY_API_URL: pagerduty.apiUrl,
      SENTRY_DSN: sentry.dsn,
      SMTP_URL: smtp.url,
      EMAIL_FROM: 'Sexton <sexton@example.org>',
      SLACK_WEBHOOK_URL: incoming.webhookUrl,
      SLACK_BOT_TOKEN: slack.token,
      SLACK_API_URL: slack.apiUrl,
      WEBHOOK_URL: webhook.url,
      WEBHOOK_SECRET: webhook.secret,
    },
    collector: (workers) =>
      createCollector(
        fromPagerDuty(pagerduty),
        fromSentry(sentry),
        fromEmail(smtp),
        fromSlack(slack),
        fromSlack(incoming),
        fromWebhook(webhook),
        () => fromLog(workers().flatMap(linesOf))(),
      ),
    close: async () => {
      await Promise.all(all.map((each) => each.close()));
    },
  };
};

/** Lines of the channel `log`, out of all that a worker says. */
const linesOf = ({ stderr }: WorkerProcess) =>
  stderr()
    .split('\n')
    .filter((line) => line.includes('"msg":"notification"'))
    .flatMap((line) => {
      try {
        const fields: Readonly<Record<string, unknown>> = JSON.parse(line);
        return [{ at: Number(fields['time']), fields }];
      } catch {
        // The last line of a worker that was killed.
        return [];
      }
    });
