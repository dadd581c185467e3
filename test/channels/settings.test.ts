// From the environment to usable channels: what is not set is simply not to be had.
import { describe, expect, it } from 'vitest';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { createChannels, isConfigured } from '../../src/channels/index.ts';
import type { ChannelSettings } from '../../src/channels/settings.ts';
import { channelSettings } from '../../src/config/channels.ts';
import { readEngineEnv } from '../../src/config/engine-env.ts';
import type { Env } from '../../src/config/env.ts';
import { parseTarget } from '../../src/domain/alerts/policy.ts';
import { retryAfterMs } from '../../src/domain/http.ts';
import { aLog } from './support.ts';

const settingsOf = (env: Env): ChannelSettings => channelSettings(env);

const faultsOf = (env: Env) =>
  readEngineEnv(
    { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache', ...env },
    undefined,
  ).faults.map(renderFault);

const WEBHOOK = { WEBHOOK_URL: 'https://hooks.example.org/geheim', WEBHOOK_SECRET: 'geheim' };

const MAIL = {
  SMTP_URL: 'smtp://ann:p%40ss@mail.example.org:587',
  EMAIL_FROM: 'Sexton <sexton@example.org>',
};

describe('channel settings', () => {
  it('come from the environment, each where it belongs', () => {
    const env = {
      SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/x',
      SLACK_WEBHOOK_URL__SHOP_TEAM: 'https://hooks.slack.example/services/y',
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_API_URL: 'http://127.0.0.1:1/api',
      ...WEBHOOK,
      WEBHOOK_URL__GRAFANA: 'https://grafana.example.org/hook',
      WEBHOOK_SECRET__GRAFANA: 'secret',
      WEBHOOK_FORMAT__GRAFANA: 'alertmanager',
      ...MAIL,
    };
    expect(settingsOf(env)).toEqual({
      slack: {
        webhooks: { '': env.SLACK_WEBHOOK_URL, SHOP_TEAM: env.SLACK_WEBHOOK_URL__SHOP_TEAM },
        botToken: 'xoxb-1',
        apiUrl: env.SLACK_API_URL,
      },
      webhook: {
        '': { url: WEBHOOK.WEBHOOK_URL, secret: 'geheim', format: 'sexton' },
        GRAFANA: { url: env.WEBHOOK_URL__GRAFANA, secret: 'secret', format: 'alertmanager' },
      },
      email: { smtpUrl: MAIL.SMTP_URL, from: MAIL.EMAIL_FROM },
    });
    expect(settingsOf({})).toEqual({});
    expect(settingsOf({ SLACK_API_URL: 'https://slack.com/api/' })).toEqual({});
    const named = settingsOf({ SLACK_WEBHOOK_URL__SHOP: 'https://hooks.slack.example/z' });
    expect(named).toEqual({ slack: { webhooks: { SHOP: 'https://hooks.slack.example/z' } } });
  });

  it.each<[string, Env, readonly string[]]>([
    ['no webhook', {}, []],
    ['a whole webhook', WEBHOOK, []],
    [
      'an address alone',
      { WEBHOOK_URL: WEBHOOK.WEBHOOK_URL },
      ['WEBHOOK_SECRET: must be set when WEBHOOK_URL is'],
    ],
    [
      'a secret alone',
      { WEBHOOK_SECRET: 'geheim' },
      ['WEBHOOK_SECRET: must not be set without WEBHOOK_URL, got a 6-character value (masked)'],
    ],
    [
      'an unsound address, told once',
      { ...WEBHOOK, WEBHOOK_URL: 'geheim' },
      ['WEBHOOK_URL: must be a URL that starts with http:// or https://, got a 6-character value (masked)'],
    ],
    ['a whole mail server', MAIL, []],
    [
      'a sender alone',
      { EMAIL_FROM: 'a@b.de' },
      ['EMAIL_FROM: must not be set without SMTP_URL, got "a@b.de"'],
    ],
    ['a mail server alone', { SMTP_URL: MAIL.SMTP_URL }, ['EMAIL_FROM: must be set when SMTP_URL is']],
    [
      'a mail server that is none',
      { ...MAIL, SMTP_URL: 'https://mail.example.org' },
      ['SMTP_URL: must be a URL that starts with smtp:// or smtps://, got a 24-character value (masked)'],
    ],
    [
      'a mail server with what nobody reads',
      { ...MAIL, SMTP_URL: 'smtp://mail.example.org/?pool=true' },
      [
        'SMTP_URL: must name a host, and nothing after it but ?requireTLS=true or false, got a 34-character value (masked)',
      ],
    ],
    [
      'a sender with a second header line',
      { ...MAIL, EMAIL_FROM: 'a\r\nBcc: x@example.org <a@b.de>' },
      ['EMAIL_FROM: must be an e-mail address, or Name <address>, got a 30-character value (masked)'],
    ],
    [
      'a named webhook without its secret, and a secret and a format without a webhook',
      { WEBHOOK_URL__A: 'https://a.example', WEBHOOK_SECRET__B: 'geheim', WEBHOOK_FORMAT__C: 'sexton' },
      [
        'WEBHOOK_SECRET__A: must be set when WEBHOOK_URL__A is',
        'WEBHOOK_SECRET__B: must not be set without WEBHOOK_URL__B, got a 6-character value (masked)',
        'WEBHOOK_FORMAT__C: must not be set without WEBHOOK_URL__C, got "sexton"',
      ],
    ],
    [
      'unsound named ones, each told once',
      {
        SLACK_WEBHOOK_URL__SHOP: 'geheim',
        SLACK_WEBHOOK_URL__shop: 'https://a.example/geheim',
        WEBHOOK_FORMAT: 'x',
      },
      [
        'WEBHOOK_FORMAT: must be sexton or alertmanager, got "x"',
        'SLACK_WEBHOOK_URL__SHOP: must be a URL that starts with http:// or https://, got a 6-character value (masked)',
        'SLACK_WEBHOOK_URL__shop: must end in a name in capitals, such as SLACK_WEBHOOK_URL__SHOP_TEAM',
        'WEBHOOK_FORMAT: must not be set without WEBHOOK_URL, got "x"',
      ],
    ],
    [
      'a token with blanks',
      { SLACK_BOT_TOKEN: 'geheim geheim' },
      ['SLACK_BOT_TOKEN: must not be empty or hold blanks, got a 13-character value (masked)'],
    ],
  ])('SLA-83: %s: what is wrong is told by name and rule, and the value masked', (_, env, lines) => {
    expect(faultsOf(env)).toEqual(lines);
  });

  it('SLA-74: without any the log is still there, and no target but log counts as configured', () => {
    expect(Object.keys(createChannels({ settings: {}, logger: aLog().logger }))).toEqual(['log']);
    const targets = ['log', 'webhook', 'slack:webhook', 'slack:ops-alerts', 'pager:x', 'email:a@b.de'].map(
      parseTarget,
    );
    expect(targets.map((target) => isConfigured({}, target))).toEqual([
      true,
      ...Array.from({ length: 5 }, () => false),
    ]);
  });

  it('SLA-74: a name whose variables are not set is not configured, though another one is', () => {
    const settings = settingsOf({
      ...WEBHOOK,
      ...MAIL,
      SLACK_WEBHOOK_URL__SHOP: 'https://hooks.slack.example/z',
    });
    for (const [target, wanted] of [
      ['webhook', true],
      ['webhook:grafana', false],
      ['slack:webhook-shop', true],
      ['slack:webhook', false],
      ['slack:webhook-music', false],
      ['slack:shop', false],
      ['email:ops@example.org', true],
    ] as const) {
      expect([target, isConfigured(settings, parseTarget(target))]).toEqual([target, wanted]);
    }
  });

  it('names of channels need the bot’s token; the incoming webhook serves its own address only', () => {
    const webhookOnly = { slack: { webhooks: { '': 'https://hooks.slack.example/x' } } };
    const botOnly = { slack: { botToken: 'xoxb-1' } };
    const [hook, ops, none] = ['slack:webhook', 'slack:ops-alerts', 'slack'].map(parseTarget);
    for (const [settings, target, wanted] of [
      [webhookOnly, hook, true],
      [webhookOnly, ops, false],
      [botOnly, hook, false],
      [botOnly, ops, true],
      [botOnly, none, false],
    ] as const) {
      expect(isConfigured(settings, target!)).toBe(wanted);
    }
  });
});

describe('Retry-After', () => {
  it.each<[string | null, number | undefined]>([
    ['30', 30_000],
    ['0', 0],
    ['Tue, 10 Feb 2026 12:01:00 GMT', 60_000],
    ['Tue, 10 Feb 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('of %s means %s ms', (header, ms) => {
    expect(retryAfterMs(header, Date.parse('2026-02-10T12:00:00Z'))).toBe(ms);
  });
});
