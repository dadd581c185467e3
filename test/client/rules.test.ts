// `sexton rules` on a real home database: what is shown, what is set, what is kept of who set it.
import { Command } from 'commander';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOverrides } from '../../src/adapters/postgres/alerts/rule-overrides.ts';
import { writeSamples } from '../../src/adapters/postgres/monitors/samples.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { registerRules, resetRule, rules, type SetFlags, setRule } from '../../src/client/commands/rules.ts';
import { registerRulesReplay, replayOf } from '../../src/client/commands/rules-replay.ts';
import { overridesOr } from '../../src/client/rules/rule-list.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { band, loadMonitors, monitor, rule } from '../support/monitors/declared-monitors.ts';
import { collectText } from '../support/programs/typing.ts';
import { freshDatabase } from '../support/stack.ts';

const DECLARED = loadMonitors({
  monitors: [
    monitor([
      rule(
        [
          band({ measure: 'a', above: 30 }, { alertType: 'medium' }),
          band({ measure: 'a', above: 50 }, { alertType: 'far', severity: 'high' }),
        ],
        { for: '10m' },
      ),
    ]),
  ],
});

let home: pg.Pool;
let url: string;
beforeAll(async () => {
  url = await freshDatabase('rules');
  home = createPool({ url, max: 2 });
});
afterAll(() => home.end());

const FLAGS: SetFlags = { by: 'ana', reason: 'real traffic' };

const desk = () => {
  const { stream, text } = collectText();
  return { context: { load: async () => ({ ...DECLARED, home: { url } }), out: stream, err: stream }, text };
};
const set = async (field: string, value: string, flags: Partial<SetFlags> = {}) => {
  const { context, text } = desk();
  return [await setRule(context, { name: 'drafts', field, value }, { ...FLAGS, ...flags }), text()] as const;
};
const shown = async (name?: string) => {
  const { context, text } = desk();
  await rules(context, name, { json: true });
  return JSON.parse(text());
};

describe('rules', () => {
  it('before the home database is prepared are none that anybody has set', async () => {
    expect(await overridesOr(home)).toEqual([]);
    await migrateAll({ home: { url }, databases: [] });
  });

  it('are shown with bands in words, wait, routes and how their series stand', async () => {
    await home.query(
      `INSERT INTO sexton.alert_state (fingerprint, pack, rule, labels, state, group_key)
       SELECT 'k' || n, 'garden', 'drafts', '{}', CASE WHEN n < 3 THEN 'firing' ELSE 'pending' END, 'k' || n
       FROM generate_series(1, 3) n`,
    );
    const { context, text } = desk();
    expect(await rules(context, undefined, {})).toBe(0);
    for (const words of [
      'garden/rule/drafts',
      'warning: a above 30',
      '10m',
      'high → page',
      'firing 2, pending 1',
    ])
      expect(text()).toContain(words);
  });

  it('are set by who says why, in force for as long as is said, and each change stays to be read', async () => {
    expect(await set('medium.a.above', '40')).toEqual([
      0,
      expect.stringContaining('garden/rule/drafts: medium.a.above 30 → 40'),
    ]);
    expect((await set('for', '1800s', { for: 7 * 86_400 }))[1]).toMatch(/for 10m → 30m until 20/);
    expect(await readOverrides(home, 'garden')).toMatchObject([
      { field: 'medium.a.above', value: '40', by: 'ana', reason: 'real traffic' },
      { field: 'for', value: '30m' },
    ]);
    const one = await shown('drafts');
    expect(one.overrides).toMatchObject([
      { field: 'medium.a.above', value: '40', declared: '30', until: null },
      { field: 'for', value: '30m', declared: '10m' },
    ]);
    expect(one.changes).toMatchObject([
      { field: 'for', from: '10m', to: '30m', by: 'ana' },
      { field: 'medium.a.above', from: '30', to: '40' },
    ]);
  });

  it('are not set to what would not be sound, and nothing is changed then', async () => {
    expect(await set('medium.a.above', '60')).toEqual([
      2,
      expect.stringMatching(/would not be sound: .*; nothing was changed/),
    ]);
    expect((await set('above', '60'))[1]).toMatch(
      /no one figure above; may be one of medium\.a\.above, far\.a\.above/,
    );
    expect((await set('for', 'soon'))[0]).toBe(2);
    expect(await readOverrides(home)).toHaveLength(2);
  });

  it('are put back one by one or altogether, unless what is left would not be sound', async () => {
    await set('far.a.above', '90');
    await set('medium.a.above', '70');
    const alone = desk();
    expect(await resetRule(alone.context, { name: 'drafts', field: 'far.a.above' }, FLAGS)).toBe(2);
    expect(alone.text()).toMatch(/reset medium\.a\.above too/);
    expect(await resetRule(desk().context, { name: 'drafts', field: undefined }, FLAGS)).toBe(0);
    expect(await readOverrides(home)).toEqual([]);
    const { overrides, changes } = await shown('drafts');
    expect(overrides).toEqual([]);
    expect(changes).toContainEqual(
      expect.objectContaining({ field: 'for', from: '30m', to: null, by: 'ana' }),
    );
    expect(await resetRule(desk().context, { name: 'drafts', field: undefined }, FLAGS)).toBe(2);
  });

  it('are no longer in force once their time is over', async () => {
    await set('for', '1h', { for: 3600 });
    await home.query(
      `UPDATE sexton.rule_override SET since = since - interval '2 h', until = until - interval '2 h'`,
    );
    expect(await readOverrides(home)).toEqual([]);
  });
});

describe('a replay', () => {
  it('says when the rule would have fired by the stored values, as it is and with other figures', async () => {
    const { rows } = await home.query(`SELECT date_trunc('hour', sexton.now()) - interval '2 h' AS at`);
    const start: Date = rows[0].at;
    const values = [10, 35, 35, 35, 60, 10, 35, 10];
    for (const [place, value] of values.entries()) {
      const tick = new Date(start.getTime() + place * 300_000).toISOString();
      const samples = [{ measure: 'a', labels: {}, state: 'ok', value }] as const;
      await writeSamples(home, { pack: 'garden', monitor: 'pollution' }, tick, samples);
    }
    const replayed = async (figures: readonly { field: string; value: string }[] = []) => {
      const { context, text } = desk();
      await replayOf(context, 'drafts', { since: 86_400, with: figures, json: true });
      const { events, ticks } = JSON.parse(text());
      const minute = (tick: string): number => (Date.parse(tick) - start.getTime()) / 60_000;
      return [
        ticks,
        ...events.map((each: { tick: string; what: string; severity: string }) => [
          minute(each.tick),
          each.what,
          each.severity,
        ]),
      ];
    };
    expect(await replayed()).toEqual([
      8,
      [15, 'fires', 'warning'],
      [20, 'changes', 'high'],
      [25, 'over', 'high'],
    ]);
    expect(
      await replayed([
        { field: 'for', value: '0s' },
        { field: 'medium.a.above', value: '40' },
      ]),
    ).toEqual([8, [20, 'fires', 'high'], [25, 'over', 'high']]);
  });
});

it('every command of `rules` takes its own --json, and set asks for a reason', async () => {
  const typed = async (...args: readonly string[]) => {
    const { context, text } = desk();
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    const command = registerRules(program, context);
    registerRulesReplay(command, context);
    for (const each of command.commands) each.exitOverride().configureOutput({ writeErr: () => {} });
    await program.parseAsync(['rules', ...args], { from: 'user' });
    return JSON.parse(text());
  };
  const wanted = ['set', 'drafts', 'medium.a.above', '45', '--by', 'ana'];
  await expect(typed(...wanted, '--json')).rejects.toThrow(/--reason/);
  expect(await typed(...wanted, '--reason', 'term', '--json')).toMatchObject({ changed: [{ to: '45' }] });
  expect(await typed('replay', 'drafts', '--with', 'for=0s', '--json')).toHaveProperty('events');
  expect(await typed('reset', 'drafts', '--reason', 'over', '--json')).toMatchObject({
    by: expect.any(String),
  });
  expect(await typed('--json')).toMatchObject({ rules: [{ id: 'garden/rule/drafts' }] });
  process.exitCode = undefined;
});
