// `sexton draft-cleanup quickcheck`: three look-ups, one answer, in time whatever is wrong.
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../../src/client/pack-commands/run-command.ts';
import { type Drafts, openDrafts } from '../../../support/packs/drafts.ts';

let drafts: Drafts;
beforeAll(async () => {
  drafts = await openDrafts();
});
afterAll(() => drafts.close());
beforeEach(async () => {
  await drafts.empty();
  await drafts.at('2026-02-10T14:30:00Z');
});

const quickcheck = async (json = false) => {
  const command = drafts.catalog.commands.find(
    ({ pack, name }) => pack === 'draft-cleanup' && name === 'quickcheck',
  );
  if (!command || !('run' in command.command)) throw new Error('there is no such command');
  const out = new PassThrough();
  const context = { out, err: new PassThrough(), open: () => Promise.reject(new Error('not asked')) };
  const again = async () => {};
  const start = performance.now();
  const exit = await runCommand(
    { context, catalog: drafts.catalog, confirm: async () => false, again },
    { command, own: command.command, values: {}, flags: { json } },
  );
  const seconds = (performance.now() - start) / 1_000;
  const text = String(out.read());
  return { exit, seconds, text, lines: text.trimEnd().split('\n') };
};

const put = (unused: number, old: number, active: number) =>
  drafts.put([
    ...Array.from({ length: unused }, () => ({ age: 2 })),
    ...Array.from({ length: old }, () => ({ age: 25 })),
    ...Array.from({ length: active }, () => ({ age: 2, used: true })),
  ]);

describe('quickcheck', () => {
  it('tells drafts with pollution, hours since the last run and old unused drafts (DRAFT-36)', async () => {
    await put(1, 0, 11);
    await drafts.runs([{ startedAt: '2026-02-10T14:00:00Z' }]);
    const { exit, lines } = await quickcheck();
    expect(lines).toEqual([
      'ok  drafts      12, 1 unused, pollution 8.33 %',
      'ok  last run    0.50 h ago, succeeded',
      'ok  old drafts  0',
      'healthy',
    ]);
    expect(exit).toBe(0);
  });

  it.each([
    [0, 1, 20, '2026-02-10T14:00:00Z', 'warning', 1],
    [2, 0, 18, '2026-02-10T14:00:00Z', 'warning', 1],
    [0, 6, 100, '2026-02-10T14:00:00Z', 'critical', 2],
    [4, 0, 6, '2026-02-10T14:00:00Z', 'critical', 2],
    [0, 0, 6, '2026-02-10T12:29:59Z', 'critical', 2],
  ])(
    '%i unused, %i old, %i active drafts and a run at %s are %s, exit code %i (DRAFT-29, DRAFT-36)',
    async (unused, old, active, run, status, exit) => {
      await put(unused, old, active);
      await drafts.runs([{ startedAt: run }]);
      const found = await quickcheck();
      expect([found.lines.at(-1), found.exit]).toEqual([status, exit]);
    },
  );

  it('agrees with Q1, Q3 and Q6, and has the same figures as JSON (DRAFT-36)', async () => {
    await put(3, 2, 7);
    await drafts.runs([{ startedAt: '2026-02-10T13:10:00Z', status: 'failed' }]);
    const { checks, status } = JSON.parse((await quickcheck(true)).text);
    const [q1, q3, q6] = [await drafts.ask(1), await drafts.ask(3), await drafts.ask(6)];
    expect(status).toBe('critical');
    expect(checks).toEqual([
      {
        name: 'drafts',
        status: 'critical',
        total_drafts: q1.cell(0, 'total_drafts'),
        unused_drafts: q1.cell(0, 'unused_drafts'),
        pollution_percentage: q1.cell(0, 'pollution_percentage'),
      },
      {
        name: 'last run',
        status: q3.bands['hours_since_last_run'],
        hours_since_last_run: q3.cell(0, 'hours_since_last_run'),
        last_status: 'failed',
      },
      { name: 'old drafts', status: 'warning', old_unused_drafts: q6.rows.length },
    ]);
  });

  it('says never of a job that never ran, and has no pollution of nothing', async () => {
    const { lines, exit } = await quickcheck();
    expect(lines.slice(0, 2)).toEqual([
      'ok  drafts      0, 0 unused, pollution – %',
      '!!  last run    never',
    ]);
    expect(exit).toBe(2);
  });

  it('answers within half a minute where a table is locked, and still tells what it can (DRAFT-36)', async () => {
    await drafts.runs([{ startedAt: '2026-02-10T14:00:00Z' }]);
    const holder = await drafts.db.connect();
    await holder.query('BEGIN; LOCK TABLE courses IN ACCESS EXCLUSIVE MODE');
    const { lines, exit, seconds } = await quickcheck();
    await holder.query('ROLLBACK');
    holder.release();
    expect(seconds).toBeLessThan(30);
    expect(lines[0]).toMatch(/^\? {3}drafts {6}could not be found out: .*lock/);
    expect(lines[1]).toBe('ok  last run    0.50 h ago, succeeded');
    expect([lines.at(-1), exit]).toEqual(['unknown', 3]);
  });
});
