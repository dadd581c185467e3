// `sexton oncall`: who is woken now and in the days to come, and who stands in by whose decision.
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConfig } from '../../src/catalog/load.ts';
import { registerOnCall } from '../../src/client/commands/oncall.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { definePack } from '../../src/index.ts';
import { createEngine, type Engine } from '../support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(async () => {
  process.exitCode = undefined;
  await engine.close();
});

const load = async () => {
  const garden = definePack({ name: 'garden', databases: {}, env: {}, build: () => ({ jobs: [] }) });
  const config = checkConfig({
    packs: [garden],
    roles: { 'on-call': ['primary', 'log'] },
    people: { anna: { targets: ['slack:anna'] }, bert: { targets: ['log'] } },
    rotations: {
      primary: {
        zone: 'Europe/Berlin',
        members: ['anna', 'bert'],
        handOver: { every: 'day', at: '09:00' },
        start: '2026-03-27',
      },
    },
  });
  return assembleCatalog(config, { DATABASE_URL: engine.url, REDIS_URL: 'redis://cache' });
};

const sexton = async (...args: readonly string[]): Promise<string> => {
  let text = '';
  const out = { write: (part: string | Uint8Array) => Boolean((text += String(part))) };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  registerOnCall(program, { load, out });
  await program.parseAsync(['oncall', ...args], { from: 'user' });
  return text;
};

const AT = ['--at', '2026-03-28T12:00:00Z', '--days', '2'] as const;

const AS_WRITTEN = ['--person', 'anna', '--from', '2026-03-28 18:00', '--until', '2026-03-29 02:30'] as const;

describe('sexton oncall', () => {
  it('shows the shifts of a role’s rotations on their own clock, and who has it now', async () => {
    const text = await sexton('on-call', ...AT);
    expect(text).toMatch(/^primary: bert\n/);
    expect(text).toMatch(
      /Sat 2026-03-28 09:00 Europe\/Berlin │ Sun 2026-03-29 09:00 Europe\/Berlin │ bert ←/,
    );
    expect(text).toMatch(/Sun 2026-03-29 09:00 Europe\/Berlin │ Mon 2026-03-30 09:00 Europe\/Berlin │ anna /);
  });

  it('shows an override with its author until it is withdrawn, and keeps on record what it was', async () => {
    const made = await sexton('override', 'primary', ...AS_WRITTEN, '--by', 'bert', '--reason', 'concert');
    const id =
      /^override (\d+): anna has primary from Sat 2026-03-28 18:00 Europe\/Berlin until Sun 2026-03-29 03:00/.exec(
        made,
      )?.[1];
    expect(id).toBeDefined();
    const [primary] = JSON.parse(await sexton('primary', ...AT, '--json'));
    expect(primary.shifts.slice(0, 3)).toEqual([
      {
        person: 'bert',
        overridden: false,
        from: '2026-03-28T08:00:00.000Z',
        until: '2026-03-28T17:00:00.000Z',
      },
      {
        person: 'anna',
        insteadOf: 'bert',
        overridden: true,
        from: '2026-03-28T17:00:00.000Z',
        until: '2026-03-29T01:00:00.000Z',
      },
      {
        person: 'bert',
        overridden: false,
        from: '2026-03-29T01:00:00.000Z',
        until: '2026-03-29T07:00:00.000Z',
      },
    ]);
    expect(await sexton(...AT)).toMatch(/override \d+: anna from .* until .*, by bert: concert/);
    expect(await sexton('withdraw', id!, '--by', 'anna')).toBe(`override ${id}: withdrawn by anna\n`);
    expect(await sexton('withdraw', id!)).toMatch(/^no override/);
    expect(process.exitCode).toBe(1);
    expect(await sexton(...AT)).not.toMatch(/concert/);
  });

  it.each([
    [['nobody'], 'no role or rotation nobody'],
    [['override', 'primary', '--person', 'ana', '--until', '2d'], 'no person ana; did you mean anna?'],
    [
      ['override', 'primry', '--person', 'anna', '--until', '2d'],
      'no rotation primry; did you mean primary?',
    ],
    [['override', 'primary', '--person', 'anna', '--until', 'soon'], '--until must be an instant'],
    [
      [
        'override',
        'primary',
        '--person',
        'anna',
        '--from',
        '2026-03-28 18:00',
        '--until',
        '2026-03-28 17:00',
      ],
      '--until must be after --from',
    ],
  ])('refuses %j', async (args, words) => {
    await expect(sexton(...args)).rejects.toThrow(words);
  });
});
