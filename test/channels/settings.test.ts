// From the environment to usable channels: what is not set is simply not to be had.
import { describe, expect, it } from 'vitest';
import { renderFault } from '../../src/catalog/faults.ts';
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

describe('channel settings', () => {
  it('come from the environment, each where it belongs', () => {
    const env = {
      SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/x',
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_API_URL: 'http://127.0.0.1:1/api',
      ...WEBHOOK,
    };
    expect(settingsOf(env)).toEqual({
      slack: { webhookUrl: env.SLACK_WEBHOOK_URL, botToken: 'xoxb-1', apiUrl: env.SLACK_API_URL },
      webhook: { url: WEBHOOK.WEBHOOK_URL, secret: 'geheim' },
    });
    expect(settingsOf({})).toEqual({});
    expect(settingsOf({ SLACK_API_URL: 'https://slack.com/api/' })).toEqual({});
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
    const targets = ['log', 'webhook', 'slack:webhook', 'slack:ops-alerts', 'pager:x'].map(parseTarget);
    expect(targets.map((target) => isConfigured({}, target))).toEqual([true, false, false, false, false]);
  });

  it('names of channels need the bot’s token; the incoming webhook serves its own address only', () => {
    const webhookOnly = { slack: { webhookUrl: 'https://hooks.slack.example/x' } };
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
