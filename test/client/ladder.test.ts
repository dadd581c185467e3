// `sexton ladder` tells before it happens who hears what, minute by minute.
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { registerLadder } from '../../src/client/commands/ladder.ts';
import { assembleCatalog, loadCatalog } from '../../src/config/load-catalog.ts';
import { definePack, definePolicy } from '../../src/index.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

const printed = async (
  args: readonly string[],
  load: () => Promise<Catalog> = () => loadCatalog({ env: ENV }),
): Promise<string> => {
  let text = '';
  const out = { write: (part: string | Uint8Array) => Boolean((text += String(part))) };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  registerLadder(program, { load, out });
  await program.parseAsync(['ladder', ...args], { from: 'user' });
  return text;
};

afterEach(() => {
  process.exitCode = undefined;
});

describe('sexton ladder', () => {
  it('SLA-69: WARNING is told at once, marked after 4 h, and the team lead’s after 24 h', async () => {
    expect(await printed(['sla-warning'])).toMatchInlineSnapshot(`
      "sla-monitoring/policy/sla-warning
        +0m  first-notice  → sla-alerts (sentry, slack:webhook, log)
        +4h  response      marks response_sla_missed
        +1d  team-lead     → team-lead (email:team-lead@example.org)
        an acknowledgement stops it until the incident is resolved
      "
    `);
    expect(process.exitCode).toBe(0);
  });

  it('SLA-69, SLA-74, SLA-113: CRITICAL is told at once, marked after 15 min, paged after 30 min, degraded', async () => {
    expect(await printed(['sla-monitoring/policy/sla-critical'])).toMatchInlineSnapshot(`
      "sla-monitoring/policy/sla-critical
        +0m   first-notice  → sla-alerts (sentry, slack:webhook, log)
        +15m  response      marks response_sla_missed
        +30m  page-on-call  → on-call (pagerduty, slack:webhook, log)
        an acknowledgement stops it until the incident is resolved
        every notice says degraded routing
      "
    `);
  });

  it('SLA-71: with an instant, every tier has its own', async () => {
    expect(await printed(['sla-critical', '--at', '2026-02-10T12:00:00Z'])).toMatchInlineSnapshot(`
      "sla-monitoring/policy/sla-critical
        2026-02-10T12:00:00Z  +0m   first-notice  → sla-alerts (sentry, slack:webhook, log)
        2026-02-10T12:15:00Z  +15m  response      marks response_sla_missed
        2026-02-10T12:30:00Z  +30m  page-on-call  → on-call (pagerduty, slack:webhook, log)
        an acknowledgement stops it until the incident is resolved
        every notice says degraded routing
      "
    `);
  });

  it('SLA-71: as JSON too, roles resolved to targets', async () => {
    const text = await printed(['sla-warning', '--json', '--at', '2026-02-10T13:00:00+01:00']);
    expect(JSON.parse(text)).toEqual({
      policy: 'sla-monitoring/policy/sla-warning',
      tiers: [
        {
          afterSeconds: 0,
          at: '2026-02-10T12:00:00Z',
          tier: 'first-notice',
          tells: [{ name: 'sla-alerts', targets: ['sentry', 'slack:webhook', 'log'] }],
        },
        {
          afterSeconds: 14_400,
          at: '2026-02-10T16:00:00Z',
          tier: 'response',
          tells: [],
          mark: 'response_sla_missed',
        },
        {
          afterSeconds: 86_400,
          at: '2026-02-11T12:00:00Z',
          tier: 'team-lead',
          tells: [{ name: 'team-lead', targets: ['email:team-lead@example.org'] }],
        },
      ],
      ackExpiresSeconds: null,
      degradedRouting: false,
      preview: [
        expect.objectContaining({ at: '2026-02-10T12:00:00Z', tier: 'first-notice' }),
        { at: '2026-02-10T16:00:00Z', tier: 'response', tells: [], marks: ['response_sla_missed'] },
        expect.objectContaining({ at: '2026-02-11T12:00:00Z', tier: 'team-lead' }),
      ],
    });
    expect(JSON.parse(await printed(['log-only', '--json'])).tiers).toEqual([
      { afterSeconds: 0, tier: 'log', tells: [{ name: 'log', targets: ['log'] }] },
    ]);
  });

  it('says how long an acknowledgement holds, and shows a plain target once', async () => {
    const page = definePolicy({
      name: 'page',
      tiers: [{ name: 'now', after: '0s', notify: ['log', 'boss'], mark: 'told' }],
      ackExpires: '4h',
    });
    const garden = definePack({
      name: 'garden',
      databases: {},
      env: {},
      build: () => ({ jobs: [], policies: [page], routes: { high: 'page' } }),
    });
    const config = checkConfig({ packs: [garden], roles: { boss: ['slack:boss'] } });
    expect(await printed(['page'], async () => assembleCatalog(config, ENV))).toMatchInlineSnapshot(`
      "garden/policy/page
        +0m  now  → log, boss (slack:boss), marks told
        an acknowledgement holds for 4h, then the last tier told is told again and it goes on
      "
    `);
  });

  it('offers what may have been meant, and refuses what is no instant', async () => {
    await expect(printed(['sla-warnin'])).rejects.toThrow('no policy sla-warnin; did you mean sla-warning');
    await expect(printed(['sla-warning', '--at', 'noon'])).rejects.toThrow('must be an instant such as');
  });
});
