// `npm run new` in a copy of this tree: where it refuses it says why and has written nothing; asked, it explains itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Checkout, openCheckout } from '../support/programs/checkout.ts';
import { THINGS } from '../support/programs/new-things.ts';

/** What is in the way, and the tables that jobs find. */
const THERE = new Set(['pack', 'job', 'policy', 'report', 'migration']);

let checkout: Checkout;
beforeAll(async () => {
  const things = THINGS.filter((words) => THERE.has(words[0]) && words.some((word) => word === 'shop'));
  checkout = await openCheckout(things);
});
afterAll(() => checkout.close());

describe('`npm run new` writes nothing, and says why, where', () => {
  const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a pack is there', ['pack', 'shop'], /packs\/shop is there already/],
    [
      'a job is there',
      ['job', 'sweep_carts', '--pack', 'shop'],
      /sweepCarts stands in .*jobs\/index\.ts already/,
    ],
    ['a command is part of another’s file', ['command', 'ack'], /`sexton ack` is there already/],
    ['the name is none', ['job', 'Purge', '--pack', 'shop'], /at most 40 of a-z, 0-9, _ and -/],
    ['the name is a word of the language', ['job', 'delete', '--pack', 'shop'], /a word of TypeScript/],
    [
      'the name is an import’s',
      ['job', 'define_job', '--pack', 'shop'],
      /would need defineJob for two things/,
    ],
    [
      'it must be told which pack',
      ['job', 'purge_x'],
      /say which pack: --pack with one of draft-cleanup, sexton, shop, /,
    ],
    [
      'there is no such pack',
      ['job', 'purge_x', '--pack', 'shoe'],
      /no pack shoe; there are: draft-cleanup, sexton, shop/,
    ],
    [
      'the age is no age',
      ['job', 'purge_x', '--pack', 'shop', '--older-than', 'old'],
      /a duration in whole minutes/,
    ],
    [
      'the table has no such column',
      ['job', 'purge_x', '--pack', 'shop', '--table', 'carts', '--column', 'gone_at'],
      /public\.carts has no timestamp gone_at; there are: created_at/,
    ],
    [
      'the severity has a policy',
      ['policy', 'p', '--pack', 'shop', '--severity', 'critical'],
      /critical has a policy/,
    ],
    [
      'it must be told which job',
      ['scenario', 'few', '--pack', 'shop'],
      /--job with one of cleanup_sessions, clear_orders, sweep-carts/,
    ],
    [
      'a report is there',
      ['report', 'done-lately', '--pack', 'shop'],
      /doneLately stands in .*reports\/index\.ts already/,
    ],
    [
      'only Sexton’s own database could be asked',
      ['report', 'own', '--pack', 'sexton'],
      /declares no database but Sexton's own/,
    ],
    ['npm took the options', ['job', 'purge_x', 'shop'], /options go behind --/],
    ['the kind is none', ['jobs', 'purge_x'], /unknown command 'jobs'/],
  ];

  it.each(REFUSED)('%s', async (_, args, reason) => {
    const before = checkout.files();
    const { code, out, err } = await checkout.runNew(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(reason);
    expect(checkout.changedSince(before)).toEqual([]);
  });

  it('npm took an option with its value', async () => {
    const told = await checkout.runNew(['job', 'purge_x'], { npm_config_older_than: '7d' });
    expect(told).toMatchObject({ code: 2, err: expect.stringContaining('npm kept --older-than for itself') });
  });

  it('the disk refuses halfway: what was written before is taken back', async () => {
    await checkout.runNew(['pack', 'half']);
    writeFileSync(join(checkout.root, 'test/packs/half'), 'in the way of a folder');
    const before = checkout.files();
    const { code, err } = await checkout.runNew(['job', 'purge_x', '--pack', 'half']);
    expect(code).toBe(2);
    expect(err).toMatch(/test\/packs\/half.*; nothing was written/);
    expect(checkout.changedSince(before)).toEqual([]);
  });
});

it('`npm run new` explains itself, and tells as JSON what it wrote', async () => {
  const help = await checkout.runNew(['--help']);
  expect(help.code).toBe(0);
  for (const kind of new Set(THINGS.map(([name]) => name)))
    expect(help.out).toMatch(new RegExp(`^  ${kind} `, 'm'));
  expect(await checkout.runNew(['job', '--help'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('--older-than'),
  });
  const { out } = await checkout.runNew(['migration', 'refunds', '--pack', 'shop', '--json']);
  expect(JSON.parse(out)).toMatchObject({
    kind: 'migration',
    name: 'refunds',
    created: ['packs/shop/migrations/007_refunds.sql'],
    edited: [],
  });
});
