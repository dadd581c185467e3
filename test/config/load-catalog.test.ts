// Config file and environment together: everything that is wrong is told at once, and secrets are not.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findJob } from '../../src/catalog/catalog.ts';
import { ConfigurationError } from '../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import type { Env } from '../../src/config/env.ts';
import { assembleCatalog, loadCatalog, unstatedDatabases } from '../../src/config/load-catalog.ts';
import { definePack, type Pack, variable } from '../../src/index.ts';

const ADDRESSES = { DATABASE_URL: 'postgres://u:geheim@db/sexton', REDIS_URL: 'redis://cache' };

const faultsOf = async (work: () => unknown): Promise<readonly string[]> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n  ').slice(1);
    throw error;
  }
  return [];
};

const faults = (env: Env) => faultsOf(() => loadCatalog({ env }));

const assembled = (packs: readonly Pack[], env: Env = ADDRESSES) =>
  assembleCatalog(checkConfig({ packs }), env);

const pack = (name: string, shape: Pack['env'], seen: (env: unknown) => void = () => {}): Pack =>
  definePack({
    name,
    databases: { app: { url: 'DATABASE_URL' } },
    env: shape,
    build: (env) => {
      seen(env);
      return { jobs: [] };
    },
  });

describe('the catalog of this repository', () => {
  it('resolves addresses and gives each job a snapshot without any of them', async () => {
    const env = {
      ...ADDRESSES,
      SLA_MONITORING__DATABASE_URL: 'postgres://u:geheim@db/app',
      RUNBOOK_BASE_URL: 'https://rb.example.org/ops',
    };
    const catalog = await loadCatalog({ env });
    expect(catalog.home.url).toBe(ADDRESSES.DATABASE_URL);
    expect(catalog.databases).toContainEqual(
      expect.objectContaining({ pack: 'sla-monitoring', name: 'app', url: 'postgres://u:geheim@db/app' }),
    );
    expect(catalog.profile).toBe('development');
    const job = findJob(catalog, 'cleanup_magic_links');
    expect(job.snapshot.runbook).toBe('https://rb.example.org/ops/sla-breach-critical');
    expect(JSON.stringify(catalog.jobs)).not.toContain('geheim');
  });

  it('has every policy by id with the built-in one, and the roles of the config file', async () => {
    const catalog = await loadCatalog({ env: ADDRESSES });
    expect(catalog.policies.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'sla-monitoring/policy/sla-warning',
        'sla-monitoring/policy/sla-critical',
        'sexton/policy/log-only',
      ]),
    );
    expect(Object.keys(catalog.directory.roles)).toEqual(
      expect.arrayContaining(['sla-alerts', 'on-call', 'team-lead']),
    );
  });

  it('keeps a runbook’s bare name where no base address is set', async () => {
    const job = findJob(await loadCatalog({ env: ADDRESSES }), 'cleanup_magic_links');
    expect(job.snapshot.runbook).toBe('sla-breach-critical');
  });

  it('is refused with the path where there is no config file', async () => {
    expect(
      await faultsOf(() => loadCatalog({ env: ADDRESSES, configFile: '/nowhere/sexton.config.ts' })),
    ).toEqual(['sexton.config.ts: must exist at /nowhere/sexton.config.ts']);
  });
});

describe('faults', () => {
  it('SLA-83: are told all at once, each as name, rule and value', async () => {
    expect(
      await faults({
        ...ADDRESSES,
        SLA_SUCCESS_RATE_THRESHOLD: '95',
        MRQ_DEPTH_WARNING: '1.5',
        TEAM_LEAD_EMAIL: 'nobody',
        MONITORING_INTERVAL_MINUTES: '1441',
        SLA_STUCK_MINUTES: '',
        SLA_MONITORING__SLA_STUCK: '3',
        RUNBOOK_BASE_URL: 'runbooks',
      }),
    ).toEqual([
      'RUNBOOK_BASE_URL: must be a URL that starts with http:// or https://, got "runbooks"',
      'SLA_SUCCESS_RATE_THRESHOLD: must be > 0 and <= 1, got "95"',
      'SLA_STUCK_MINUTES: must be > 0, got ""',
      'MONITORING_INTERVAL_MINUTES: must be a whole number >= 1 and <= 1440, got "1441"',
      'MRQ_DEPTH_WARNING: must be a whole number >= 0, got "1.5"',
      'TEAM_LEAD_EMAIL: must be an e-mail address, got "nobody"',
      'SLA_MONITORING__SLA_STUCK: pack sla-monitoring has no such variable',
    ]);
  });

  it('SLA-82: addresses are required, and outside development so are the blob token and, in production, the DSN', async () => {
    expect(await faults({ SEXTON_PROFILE: 'production' })).toEqual([
      'DATABASE_URL: must be set in production',
      'REDIS_URL: must be set in production',
      'SENTRY_DSN: must be set in production',
      'BLOB_READ_WRITE_TOKEN: must be set outside development',
      'SLACK_WEBHOOK_URL: must be set in production',
      'PAGERDUTY_API_KEY: must be set in production',
    ]);
    expect(await faults({ ...ADDRESSES, SEXTON_PROFILE: 'staging' })).toEqual([
      'BLOB_READ_WRITE_TOKEN: must be set outside development',
    ]);
    expect((await faults({})).join()).toContain('DATABASE_URL: must be set, or left to `npx sexton dev`');
  });

  it.each<[Env, string]>([
    [
      { SLA_WARNING_THRESHOLD_PERCENT: '100' },
      'SLA_WARNING_THRESHOLD_PERCENT: must be < SLA_CRITICAL_THRESHOLD_PERCENT (100), got "100"',
    ],
    [
      { SLA_CRITICAL_THRESHOLD_PERCENT: '80' },
      'SLA_CRITICAL_THRESHOLD_PERCENT: must be > SLA_WARNING_THRESHOLD_PERCENT (80), got "80"',
    ],
    [{ MRQ_DEPTH_CRITICAL: '100' }, 'MRQ_DEPTH_CRITICAL: must be > MRQ_DEPTH_WARNING (100), got "100"'],
    [
      { MRQ_AGE_WARNING_HOURS: '168' },
      'MRQ_AGE_WARNING_HOURS: must be < MRQ_AGE_ESCALATION_HOURS (168), got "168"',
    ],
    [{ PAGERDUTY_API_KEY: 'k'.repeat(32) }, 'PAGERDUTY_SERVICE_ID: must be set when PAGERDUTY_API_KEY is'],
    [
      { PAGERDUTY_SERVICE_ID: 'P1' },
      'PAGERDUTY_SERVICE_ID: must not be set without PAGERDUTY_API_KEY, got "P1"',
    ],
    // The key itself is at fault, so nothing is said about its companion.
    [
      { PAGERDUTY_API_KEY: '' },
      'PAGERDUTY_API_KEY: must not be empty or hold blanks, got a 0-character value (masked)',
    ],
  ])('SLA-82: %j breaks a rule', async (env, line) => {
    expect(await faults({ ...ADDRESSES, ...env })).toEqual([line]);
  });

  it.each([
    { SLA_WARNING_THRESHOLD_PERCENT: '150', SLA_CRITICAL_THRESHOLD_PERCENT: '60' },
    { SLA_CRITICAL_THRESHOLD_PERCENT: '-1' },
    { SLA_MONITORING__SLA_WARNING_THRESHOLD_PERCENT: '100' },
  ])('of a threshold are told once, and not again for what is built from it: %j', async (env) => {
    const lines = await faults({ ...ADDRESSES, ...env });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('_THRESHOLD_PERCENT: must be ');
  });

  it('SLA-82: sound values at their limits are accepted', async () => {
    const env = {
      SLA_SUCCESS_RATE_THRESHOLD: '1',
      MRQ_DEPTH_WARNING: '0',
      MONITORING_INTERVAL_MINUTES: '1440',
      SLA_CRITICAL_THRESHOLD_PERCENT: '80.1',
    };
    expect(await faults({ ...ADDRESSES, ...env })).toEqual([]);
  });

  it.each<[string, string]>([
    ['DATABASE_URL', 'mysql://u:geheim@db/x'],
    ['DATABASE_URL', 'geheim'],
    ['REDIS_URL', 'http://:geheim@cache'],
    ['SENTRY_DSN', 'geheim@sentry'],
    ['SLACK_WEBHOOK_URL', 'hooks.slack.example/services/geheim'],
    ['PAGERDUTY_API_KEY', 'geheim geheim'],
    ['BLOB_READ_WRITE_TOKEN', 'geheim geheim'],
    ['RUNBOOK_BASE_URL', 'ftp://ann:geheim@runbooks'],
    ['MRQ_RESOLUTION_UI_URL', 'ftp://queue/?token=geheim'],
    ['SLA_MONITORING__SENTRY_DSN', 'geheim'],
  ])('SLA-83: never show a secret (%s=%s)', async (name, value) => {
    const lines = await faults({ ...ADDRESSES, [name]: value });
    expect(lines.join('\n')).toContain(`got a ${value.length}-character value (masked)`);
    expect(lines.join('\n')).not.toContain('geheim');
  });

  it('of the config, of two packs and of the environment come together', async () => {
    const noisy = definePack({
      name: 'noisy',
      databases: {},
      env: {},
      build: () => {
        throw new Error('no luck');
      },
    });
    const wanting = pack('wanting', { NEEDED: variable.token() });
    const env = { ...ADDRESSES, REDIS_URL: undefined };
    expect(await faultsOf(() => assembled([noisy, wanting, { ...noisy, name: 'UP' }], env))).toEqual([
      'pack UP.name: must be at most 40 of a-z, 0-9, _ and -, a letter first, got "UP"',
      'REDIS_URL: must be set, or left to `npx sexton dev`, which brings its own Redis',
      'pack noisy.build: must not throw: no luck',
      'NEEDED: must be set',
    ]);
  });
});

describe('variables of packs', () => {
  it('hold the profile, stated by variable or else by the config file', () => {
    const seen: unknown[] = [];
    const packs = [pack('first', { SEXTON_PROFILE: variable.profile() }, (env) => seen.push(env))];
    const config = checkConfig({ packs, profile: 'staging' });
    expect(assembleCatalog(config, ADDRESSES).profile).toBe('staging');
    expect(assembleCatalog(config, { ...ADDRESSES, SEXTON_PROFILE: 'production' }).profile).toBe(
      'production',
    );
    expect(seen).toEqual([{ SEXTON_PROFILE: 'staging' }, { SEXTON_PROFILE: 'production' }]);
  });

  it('are read with the pack’s name in front first, and plain otherwise', () => {
    const seen: unknown[] = [];
    const shape = { LIMIT: variable.number().default(1) };
    const packs = [
      pack('one-pack', shape, (env) => seen.push(env)),
      pack('other', shape, (env) => seen.push(env)),
    ];
    assembled(packs, { ...ADDRESSES, LIMIT: '2', ONE_PACK__LIMIT: '3' });
    expect(seen).toEqual([{ LIMIT: 3 }, { LIMIT: 2 }]);
  });

  it.each([
    ['type', variable.token().optional(), variable.url().optional()],
    ['default', variable.number().default(1), variable.number().default(2)],
    ['limits', variable.number({ above: 0 }).optional(), variable.number({ above: 1 }).optional()],
    ['being required', variable.number(), variable.number().optional()],
  ])('of one name must agree in %s between packs', async (_, first, second) => {
    const packs = [pack('first', { SHARED: first }), pack('second', { SHARED: second })];
    expect(await faultsOf(() => assembled(packs, { ...ADDRESSES, SHARED: '5' }))).toContain(
      'SHARED: must have one type and default, but pack first and pack second differ',
    );
  });

  it('of one name may be shared where they agree, with the engine too', () => {
    const shape = { RUNBOOK_BASE_URL: variable.url().optional(), LIMIT: variable.number().default(1) };
    expect(assembled([pack('first', shape), pack('second', shape)]).packs).toHaveLength(2);
  });

  it('are described by any zod schema over text', () => {
    const shape = { WORD: z.string().min(3) };
    expect(() => assembled([pack('first', shape)], { ...ADDRESSES, WORD: 'ab' })).toThrow(/WORD: .*got "ab"/);
  });

  it('of databases that nobody stated are named, so that an embedded one can stand in', () => {
    const config = checkConfig({ packs: [pack('one-pack', {})] });
    expect(unstatedDatabases(config, {})).toEqual([
      { pack: 'one-pack', name: 'app', variable: 'ONE_PACK__DATABASE_URL' },
    ]);
    expect(unstatedDatabases(config, ADDRESSES)).toEqual([]);
  });
});
