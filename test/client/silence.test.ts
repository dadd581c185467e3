// `sexton silence` and `sexton incidents ID` from the command line, on the home database alone.
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { registerIncidents } from '../../src/client/commands/incidents.ts';
import { registerSilence } from '../../src/client/commands/silence.ts';
import type { CommandContext } from '../../src/client/context.ts';
import type { RuleSnapshot } from '../../src/domain/alerts/alert.ts';
import { aRule } from '../support/alerts/policies.ts';
import { createEngine, type Engine } from '../support/engine.ts';
import { aTick, START } from '../support/monitors/series.ts';
import { type } from '../support/programs/typing.ts';
import { unique } from '../support/stack.ts';

let engine: Engine;
let catalog: Catalog;
beforeAll(async () => {
  engine = await createEngine();
  catalog = { home: { url: engine.url } } as Catalog;
});
afterAll(() => engine.close());

const register = (program: Command, { out, err }: CommandContext): void => {
  registerSilence(program, { load: async () => catalog, out, err });
  registerIncidents(program, { load: async () => catalog, out });
};

const sexton = (...args: string[]) =>
  type([register], { catalog, client: engine.dependencies.temporal }, args);

const fire = async (rule: RuleSnapshot, ...disks: readonly string[]): Promise<number> => {
  const reports = disks.map((disk) => ({ ...aTick(START, '!', rule), labels: { disk } }));
  const [found] = await engine.run(engine.activities.observe, { reports });
  return found?.number ?? 0;
};

describe('sexton silence', () => {
  it('adds one, says how many alerts it keeps quiet, lists it and ends it, and keeps its row', async () => {
    const rule = aRule({ name: unique('rule') });
    await fire(rule, 'a', 'b');
    const added = await sexton(
      'silence',
      'add',
      `rule=${rule.name}`,
      '--for',
      '2h',
      '--comment',
      'moving',
      '--by',
      'ana',
    );
    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect(added.stdout).toMatch(
      /silence \d+ {2}active .* rule=rule.* ana: moving\n {2}2 alerts that fire now/,
    );
    const id = /silence (\d+)/.exec(added.stdout)?.[1] ?? '';
    expect((await sexton('silence', 'list')).stdout).toContain(`rule=${rule.name}`);
    expect((await sexton('silence', 'end', id, '--by', 'bob')).stdout).toMatch(/over, ended by bob/);
    expect((await sexton('silence', 'list')).stdout).toBe('nothing is silenced\n');
    expect((await sexton('silence', 'end', id, '--by', 'eve')).stdout).toMatch(/ended by bob/);
    const all = JSON.parse((await sexton('silence', 'list', '--all', '--json')).stdout);
    expect(all.silences).toMatchObject([{ state: 'over', author: 'ana', endedBy: 'bob' }]);
  });

  it('names every fault at once and silences nothing', async () => {
    const { code, stderr } = await sexton(
      'silence',
      'add',
      'rule',
      'host=~web-(',
      'zone=~.*',
      'disk=~(a)\\1',
    );
    expect(code).toBe(2);
    for (const fault of [
      /^nothing was silenced\n/,
      /rule: must be LABEL=VALUE/,
      /host=~web-\(: invalid regular expression/,
      /zone=~\.\*: fits the empty text/,
      /backreferences/,
      /an end is required/,
      /--comment is required/,
    ])
      expect(stderr).toMatch(fault);
    expect((await sexton('silence', 'list')).stdout).toBe('nothing is silenced\n');
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a silence of everything', ['rule!=x', '--for', '1h'], /everything would be quiet/],
    ['one of Sexton itself as a whole', ['pack=sexton', '--for', '1h'], /cannot be silenced as a whole/],
    ['one without a matcher', ['--for', '1h'], /no matcher/],
    ['one for longer than a week', ['rule=x', '--for', '8d'], /longer than 7 days/],
    ['one that is over', ['rule=x', '--until', '2020-01-01T00:00:00Z'], /is over already/],
    ['two ends', ['rule=x', '--until', '2020-01-01T00:00:00Z', '--for', '1h'], /an end is required: either/],
  ];
  for (const [what, args, why] of refused) {
    it(`refuses ${what}`, async () => {
      const { code, stderr } = await sexton('silence', 'add', ...args, '--comment', 'moving');
      expect(stderr).toMatch(why);
      expect(code).toBe(2);
    });
  }

  it('knows no silence that there is not', async () => {
    const { code, stderr } = await sexton('silence', 'end', '99999');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no silence 99999/)]);
  });
});

describe('sexton incidents ID', () => {
  it('shows the alerts of a group, what holds it and who was told, and changes none of it', async () => {
    const rule = aRule({ name: unique('rule'), groupBy: [] });
    const number = await fire(rule, 'a', 'b');
    await engine.db.query(
      `INSERT INTO sexton.outbox (incident, wake, channel, address, tier, key, state, at) VALUES
         ($1, 1, 'slack', 'ops', 'first notice', 'k', 'sent', sexton.now())`,
      [number],
    );
    await sexton('silence', 'add', `rule=${rule.name}`, '--for', '1h', '--comment', 'moving', '--by', 'ana');
    const { code, stdout } = await sexton('incidents', String(number));
    expect(code).toBe(1);
    for (const part of [
      `test-pack/${rule.name}/${number}: open, warning`,
      /held by silence until .*: silence \d+ by ana: moving/,
      'alerts (2 of 2 fire):',
      'warning  disk=a  since',
      /wake 1, first notice → slack:ops: sent/,
    ]) {
      if (typeof part === 'string') expect(stdout).toContain(part);
      else expect(stdout).toMatch(part);
    }
    const json = JSON.parse((await sexton('incidents', `test-pack/${rule.name}/${number}`, '--json')).stdout);
    expect(json).toMatchObject({ incident: { number, members: { firing: 2 } }, hold: { kind: 'silence' } });
    const { rows } = await engine.db.query('SELECT hold, seq FROM sexton.incident WHERE number = $1', [
      number,
    ]);
    expect(rows).toEqual([{ hold: null, seq: 1 }]);
  });

  it('knows no incident that there is not', async () => {
    expect(await sexton('incidents', '99999')).toMatchObject({ code: 2 });
  });
});
