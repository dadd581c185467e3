// Probes: whether a provider would take a message, by a request that nobody sees.
import { afterEach, describe, expect, it } from 'vitest';
import { createChannelRouter } from '../../src/activities/alerts/channels.ts';
import type { Channel } from '../../src/channels/channel.ts';
import { createEmailChannel } from '../../src/channels/email/email.ts';
import { createLogChannel } from '../../src/channels/log.ts';
import { createPagerDutyChannel } from '../../src/channels/pagerduty/pagerduty.ts';
import { createSentryChannel } from '../../src/channels/sentry/sentry.ts';
import { createSlackChannel } from '../../src/channels/slack/slack.ts';
import { startFakePagerDuty } from '../../src/local/fakes/pagerduty.ts';
import { startFakeSlack } from '../../src/local/fakes/slack.ts';
import { startFakeSmtp } from '../../src/local/fakes/smtp.ts';

const open: { readonly close: () => Promise<unknown> }[] = [];
const keep = <T extends { readonly close: () => Promise<unknown> }>(fake: T): T => {
  open.push(fake);
  return fake;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** What the probe rejects with; undefined where it does not. */
const probe = async (channel: Channel, address = ''): Promise<string | undefined> => {
  const { signal } = new AbortController();
  return channel.probe?.({ address, signal }).then(
    () => undefined,
    (error: Error) => `${error.name}: ${error.message}`,
  );
};

describe('a probe', () => {
  it('of Slack finds a revoked webhook and a wrong token, and posts nothing (DRAFT-33)', async () => {
    const slack = keep(await startFakeSlack());
    const channel = createSlackChannel({
      webhooks: { '': slack.webhookUrl },
      botToken: slack.token,
      apiUrl: slack.apiUrl,
    });
    expect(await probe(channel, 'webhook')).toBeUndefined();
    expect(await probe(channel, 'backend')).toBeUndefined();
    expect(slack.messages).toEqual([]);
    const wrong = createSlackChannel({
      webhooks: { '': `${slack.webhookUrl}x` },
      botToken: 'xoxb-other',
      apiUrl: slack.apiUrl,
    });
    expect(await probe(wrong, 'webhook')).toMatch(/^ChannelError: Slack/);
    expect(await probe(wrong, 'backend')).toContain('check SLACK_BOT_TOKEN');
    expect(await probe(createSlackChannel({}), 'webhook')).toContain('set SLACK_WEBHOOK_URL');
    expect(await probe(createSlackChannel({}), 'backend')).toContain('set SLACK_BOT_TOKEN');
  });

  it('of PagerDuty ends an alert that never was: the key is judged and nobody is paged (DRAFT-33)', async () => {
    const pager = keep(await startFakePagerDuty({ services: ['sexton'] }));
    const with_ = (key: string) => createPagerDutyChannel({ routingKeys: { '': key }, apiUrl: pager.apiUrl });
    expect(await probe(with_(pager.routingKeyOf('sexton')))).toBeUndefined();
    expect(pager.pages()).toEqual([]);
    expect(await probe(with_('too-short'))).toContain('check PAGERDUTY_ROUTING_KEY');
    expect(await probe(with_(pager.routingKeyOf('sexton')), 'shop')).toContain(
      'set PAGERDUTY_ROUTING_KEY__SHOP',
    );
  });

  it('of a mail server greets it and sends nothing', async () => {
    const smtp = keep(await startFakeSmtp());
    const channel = createEmailChannel({ smtpUrl: smtp.url, from: 'sexton@example.org' });
    expect(await probe(channel, 'ana@example.org')).toBeUndefined();
    expect(smtp.messages).toEqual([]);
    const away = createEmailChannel({ smtpUrl: 'smtp://127.0.0.1:1', from: 'sexton@example.org' });
    expect(await probe(away, 'ana@example.org')).toMatch(/^ChannelError/);
  });
});

describe('the router', () => {
  it('probes what is configured, and tells of what is not or has no probe', async () => {
    const log = createLogChannel({ info: () => {}, warn: () => {}, error: () => {} });
    const sentry = createSentryChannel({ dsn: 'https://key@sentry.example.org/1', checkIns: false });
    const router = createChannelRouter({
      channels: { log, sentry },
      isConfigured: ({ channel }) => channel !== 'pagerduty',
    });
    const asked = (channel: string) => router.probe?.({ channel, address: '' }, new AbortController().signal);
    await expect(asked('log')).resolves.toBeUndefined();
    await expect(asked('pagerduty')).rejects.toThrow('it is not configured here');
    await expect(asked('sentry')).rejects.toThrow('it has no probe that nobody would see');
  });
});
