// Addresses of the config file that the environment states.
import { describe, expect, it } from 'vitest';
import { withContacts } from '../../src/catalog/contact-variables.ts';
import { checkConfig, loadConfigFile } from '../../src/catalog/load.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { definePack } from '../../src/index.ts';

const PACK = definePack({ name: 'garden', databases: {}, env: {}, build: () => ({}) });

const config = (target: string) => ({ packs: [PACK], roles: { lead: [target] } });

const roles = (target: string, env = {}) =>
  checkConfig(config(target), 'sexton.config.ts', env).directory.roles['lead'];

describe('a contact', () => {
  it.each([
    ['email:{LEAD or a@example.org}', {}, ['email:a@example.org']],
    ['email:{LEAD or a@example.org}', { LEAD: '' }, ['email:a@example.org']],
    ['email:{LEAD or a@example.org}', { LEAD: 'b@example.org' }, ['email:b@example.org']],
    ['slack:{CHANNEL}', { CHANNEL: 'ops' }, ['slack:ops']],
    ['log', {}, ['log']],
  ])('%s with %j is %j (SLA-04)', (target, env, expected) => {
    expect(roles(target, env)).toEqual(expected);
  });

  it('that the environment has to state and does not is a fault with its place', () => {
    const { faults } = checkConfig(config('slack:{CHANNEL}'));
    expect(faults[0]).toEqual({
      place: 'sexton.config.ts.roles.lead.0',
      rule: 'must be set: sexton.config.ts.roles.lead.0 names CHANNEL',
      value: '{CHANNEL}',
    });
  });

  it('is checked as it turns out to be', () => {
    const loaded = checkConfig(config('email:{LEAD}'), 'sexton.config.ts', { LEAD: 'nobody' });
    expect(() =>
      assembleCatalog(loaded, { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://r' }),
    ).toThrow(/e-mail address/);
  });

  it('of a person, and of the fallback, may be named as well, and nothing else of the config is touched', () => {
    const named = { fallback: 'email:{A}', people: { ada: { targets: ['email:{B}'] } }, packs: ['{A}'] };
    expect(withContacts(named, { A: 'a@b.org', B: 'b@b.org' }, 'config').value).toEqual({
      fallback: 'email:a@b.org',
      people: { ada: { targets: ['email:b@b.org'] } },
      packs: ['{A}'],
    });
  });

  it('leads reach the addresses of TEAM_LEAD_EMAIL and ENGINEERING_LEAD_EMAIL (SLA-04, SLA-82, SLA-122)', async () => {
    const env = { TEAM_LEAD_EMAIL: 'team@example.org', ENGINEERING_LEAD_EMAIL: 'engineering@example.org' };
    // By the config that this repository installs.
    const loaded = await loadConfigFile('sexton.config.ts', env);
    const { directory } = assembleCatalog(loaded, {
      DATABASE_URL: 'postgres://db/x',
      REDIS_URL: 'redis://r',
      ...env,
    });
    expect(directory.roles['team-lead']).toEqual(['email:team@example.org']);
    expect(directory.roles['engineering-lead']).toEqual(['email:engineering@example.org']);
  });
});
