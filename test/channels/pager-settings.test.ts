// From the environment to PagerDuty and Sentry: names, aliases, and what is wrong told without the secret.
import { describe, expect, it } from 'vitest';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { isConfigured } from '../../src/channels/index.ts';
import type { ChannelSettings } from '../../src/channels/settings.ts';
import { channelSettings } from '../../src/config/channels.ts';
import { readEngineEnv } from '../../src/config/engine-env.ts';
import type { Env } from '../../src/config/env.ts';
import { targetRule } from '../../src/domain/alerts/channels.ts';
import { parseTarget } from '../../src/domain/alerts/policy.ts';

const settingsOf = (env: Env): ChannelSettings => channelSettings(env);

const faultsOf = (env: Env) =>
  readEngineEnv(
    { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache', ...env },
    undefined,
  ).faults.map(renderFault);

const KEY = 'k'.repeat(32);
const OTHER = 'R0'.repeat(16);
const RULE = 'must be the integration key of Events API v2, 32 letters and digits';
const DSN = 'https://geheim@sentry.example.org/42';

describe('PagerDuty', () => {
  it('is reached by a key a service: the plain one, and those with a name', () => {
    const env = { PAGERDUTY_ROUTING_KEY: KEY, PAGERDUTY_ROUTING_KEY__SHOP_TEAM: OTHER };
    const settings = settingsOf({ ...env, PAGERDUTY_API_URL: 'http://127.0.0.1:1/v2/enqueue' });
    expect(settings.pagerduty).toEqual({
      routingKeys: { '': KEY, SHOP_TEAM: OTHER },
      apiUrl: 'http://127.0.0.1:1/v2/enqueue',
    });
    const served = ['pagerduty', 'pagerduty:shop-team', 'pagerduty:garden'].map(parseTarget);
    expect(served.map((target) => isConfigured(settings, target))).toEqual([true, true, false]);
  });

  it('is not to be had without a key; a named one alone does not serve the plain target', () => {
    expect(settingsOf({ PAGERDUTY_API_URL: 'http://127.0.0.1:1' }).pagerduty).toBeUndefined();
    const named = settingsOf({ PAGERDUTY_ROUTING_KEY__SHOP: KEY });
    const targets = ['pagerduty', 'pagerduty:shop'].map(parseTarget);
    expect(targets.map((target) => isConfigured(named, target))).toEqual([false, true]);
  });

  it('takes the specifications’ name of the key too', () => {
    expect(settingsOf({ PAGERDUTY_API_KEY: KEY }).pagerduty).toEqual({ routingKeys: { '': KEY } });
    expect(faultsOf({ PAGERDUTY_API_KEY: KEY, PAGERDUTY_ROUTING_KEY: KEY })).toEqual([]);
  });

  it.each<[string, Env, string]>([
    ['a REST key', { PAGERDUTY_ROUTING_KEY: 'geheim+1' }, `PAGERDUTY_ROUTING_KEY: ${RULE}, got a 8-`],
    ['one under the other name', { PAGERDUTY_API_KEY: 'geheim' }, `PAGERDUTY_API_KEY: ${RULE}, got a 6-`],
    [
      'a named one',
      { PAGERDUTY_ROUTING_KEY__SHOP: 'geheim' },
      `PAGERDUTY_ROUTING_KEY__SHOP: ${RULE}, got a 6-`,
    ],
    [
      'blanks',
      { PAGERDUTY_ROUTING_KEY: 'geheim geheim' },
      'PAGERDUTY_ROUTING_KEY: must not be empty or hold blanks, got a 13-',
    ],
    [
      'two keys for one service',
      { PAGERDUTY_API_KEY: OTHER, PAGERDUTY_ROUTING_KEY: KEY },
      'PAGERDUTY_API_KEY: must be the same as PAGERDUTY_ROUTING_KEY, whose other name it is, got a 32-',
    ],
  ])('SLA-83: %s is told by name and rule, once, and masked', (_, env, line) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(line)]);
    expect(faultsOf(env).join()).toMatch(/character value \(masked\)$/);
  });

  it('is named in targets so that a variable can carry the name', () => {
    const rules = ['pagerduty', 'pagerduty:shop-team', 'pagerduty:Shop', 'pagerduty:shop team'].map((text) =>
      targetRule(parseTarget(text)),
    );
    expect(rules.map((rule) => rule === undefined)).toEqual([true, true, false, false]);
  });
});

describe('Sentry', () => {
  it('is reached by its DSN, and is told of schedules only where that is asked for', () => {
    expect(settingsOf({ SENTRY_DSN: DSN }).sentry).toEqual({ dsn: DSN, checkIns: false });
    const env = { SENTRY_DSN: DSN, SENTRY_CHECK_INS: 'true', SEXTON_PROFILE: 'staging' };
    expect(settingsOf(env).sentry).toEqual({ dsn: DSN, checkIns: true, environment: 'staging' });
    expect(settingsOf({}).sentry).toBeUndefined();
    expect(
      [{ SENTRY_DSN: DSN }, {}].map((set) => isConfigured(settingsOf(set), parseTarget('sentry'))),
    ).toEqual([true, false]);
  });

  it.each<[string, Env, readonly string[]]>([
    ['a DSN', { SENTRY_DSN: DSN }, []],
    [
      'no address at all, told once',
      { SENTRY_DSN: 'geheim' },
      ['SENTRY_DSN: must be a URL that starts with http:// or https://, got a 6-character value (masked)'],
    ],
    [
      'an address that is no DSN',
      { SENTRY_DSN: 'https://geheim.example.org' },
      [
        'SENTRY_DSN: must be a DSN: https://KEY@HOST/PROJECT, the project a number, got a 26-character value (masked)',
      ],
    ],
    [
      'check-ins without one',
      { SENTRY_CHECK_INS: 'true' },
      ['SENTRY_DSN: must be set when SENTRY_CHECK_INS is true'],
    ],
    [
      'another word for yes',
      { SENTRY_CHECK_INS: 'yes' },
      ['SENTRY_CHECK_INS: must be true or false, got "yes"'],
    ],
  ])('SLA-83: %s', (_, env, lines) => {
    expect(faultsOf(env)).toEqual(lines);
  });
});
