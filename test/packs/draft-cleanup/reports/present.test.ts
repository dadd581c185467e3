// Q1, Q2, Q4 and Q6: what is said of drafts that are there, on the worked examples of the specification.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const unusedAt = (...hours: readonly number[]) => hours.map((age) => ({ age, used: false }));
const activeAt = (...hours: readonly number[]) => hours.map((age) => ({ age, used: true }));

describe('Q1 and Q2', () => {
  const worked = [...unusedAt(0.2, 0.5, 1), ...activeAt(0.3, 0.7, 0.9, 2, 4, 5.9, 6, 12, 24)];

  it('count the worked drafts by age, the limits of each bucket belonging where they should (DRAFT-39, DRAFT-40)', async () => {
    await drafts.put(worked);
    expect((await drafts.ask(2)).rows).toEqual([
      ['< 1h', 5, 2, 40],
      ['1-6h', 4, 1, 25],
      ['6-24h', 3, 0, 0],
      ['> 24h', 0, 0, null],
    ]);
    expect((await drafts.ask(1)).rows).toEqual([[12, 3, 9, 25, 5, 12, 0, '2026-02-10T14:30:00Z']]);
  });

  it('say null, not 0, of a share of nothing (DRAFT-40, DRAFT-122)', async () => {
    expect((await drafts.ask(1)).rows).toEqual([[0, 0, 0, null, 0, 0, 0, '2026-02-10T14:30:00Z']]);
    expect((await drafts.ask(2)).rows.map((row) => row.slice(1))).toEqual(
      Array.from({ length: 4 }, () => [0, 0, null]),
    );
  });

  it('agree on what came in the last hour and in the last day, whatever the ages (DRAFT-38, DRAFT-105)', async () => {
    const second = 1 / 3_600;
    const edges = [0, 1 - second, 1, 1 + second, 6, 24 - second, 24, 24 + second, 90, -1];
    await drafts.put([...unusedAt(...edges), ...activeAt(...edges)]);
    const [state] = (await drafts.ask(1)).rows;
    const ages = (await drafts.ask(2)).rows.map((row) => Number(row[1]));
    expect(ages).toEqual([6, 4, 6, 4]);
    expect(state?.[4]).toBe(ages[0]);
    expect(state?.[5]).toBe(ages[0]! + ages[1]! + ages[2]!);
    expect(state?.[6]).toBe(2);
  });

  it('leave out what is no draft, and what was published or deleted by its owner (DRAFT-127)', async () => {
    await drafts.put([{ age: 2, status: 'published' }, { age: 2 }, { age: 3 }]);
    await drafts.db.query(`DELETE FROM courses WHERE created_at = sexton.now() - interval '3 hours'`);
    await drafts.db.query(`UPDATE courses SET status = 'published' WHERE status = 'draft'`);
    expect((await drafts.ask(1)).rows[0]?.slice(0, 3)).toEqual([0, 0, 0]);
  });

  it('tell as pending what the functions of the database tell, to the same number (DRAFT-08, DRAFT-110)', async () => {
    await drafts.put(unusedAt(23, 24, 24.001, 30, 100));
    const { rows } = await drafts.db.query('SELECT pending_count FROM check_pending_cleanup()');
    expect(rows[0].pending_count).toBe(3);
    expect((await drafts.ask(1)).rows[0]?.[6]).toBe(3);
    const { rows: state } = await drafts.db.query('SELECT * FROM draft_state()');
    const own = await drafts.ask(1);
    expect(own.rows[0]?.slice(0, 3)).toEqual([
      state[0].total_drafts,
      state[0].unused_drafts,
      state[0].active_drafts,
    ]);
  });

  it.each([
    [19, 0, undefined, 'healthy'],
    [20, 0, 'warning', 'healthy'],
    [50, 0, 'warning', 'healthy'],
    [51, 0, 'critical', 'healthy'],
    [10, 1, undefined, 'warning'],
    [10, 3, undefined, 'warning'],
    [10, 4, undefined, 'critical'],
  ])('show %i drafts with %i unused in their bands (DRAFT-29)', async (total, unused, ofTotal, ofShare) => {
    await drafts.put([...unusedAt(...Array(unused).fill(1)), ...activeAt(...Array(total - unused).fill(1))]);
    const { bands } = await drafts.ask(1);
    expect(bands['total_drafts']).toBe(ofTotal ?? 'healthy');
    expect(bands['pollution_percentage']).toBe(ofShare);
  });

  it.each([
    [0, 'healthy'],
    [1, 'warning'],
    [5, 'warning'],
    [6, 'critical'],
  ])(
    'show %i old unused drafts as %s, and old active ones as nothing to mend (DRAFT-29, DRAFT-115)',
    async (old, band) => {
      await drafts.put([...unusedAt(...Array(old).fill(30)), ...activeAt(90, 1)]);
      expect((await drafts.ask(1)).bands['pending_cleanup']).toBe(band);
      const ages = await drafts.ask(2);
      expect(ages.bandsOf(3)['unused_count']).toBe(band);
      expect(ages.bandsOf(0)['unused_count']).toBeUndefined();
      if (old === 0)
        expect(ages.lines.join(' ')).toMatch(/Nothing unused is older than 24 hours.*1 draft of that age/);
    },
  );

  it('judge on what is not rounded: 30.00 is no more than 30, a hair above it is (DRAFT-61)', async () => {
    await drafts.put([...unusedAt(...Array(3).fill(1)), ...activeAt(...Array(7).fill(1))]);
    expect((await drafts.ask(1)).bands['pollution_percentage']).toBe('warning');
    await drafts.empty();
    await drafts.put([...unusedAt(...Array(6_002).fill(1)), ...activeAt(...Array(14_000).fill(1))]);
    const state = await drafts.ask(1);
    expect(state.rows[0]?.[3]).toBe(30.01);
    expect(state.bands['pollution_percentage']).toBe('critical');
  });
});

describe('Q4', () => {
  const organization = (name: string, total: number, unused: number) =>
    Array.from({ length: total }, (_, place) => ({ age: 2, used: place >= unused, organization: name }));

  it('ranks by unused drafts, then pollution, then name, with each one’s share of all unused (DRAFT-42)', async () => {
    await drafts.put([...organization('B', 20, 8), ...organization('A', 10, 8), ...organization('C', 5, 2)]);
    const answer = await drafts.ask(4);
    expect(answer.rows.map(([rank, , ...rest]) => [rank, ...rest])).toEqual([
      [1, 'A', 10, 8, 80, 44.44],
      [2, 'B', 20, 8, 40, 44.44],
      [3, 'C', 5, 2, 40, 11.11],
    ]);
    expect(answer.lines[0]).toBe('A holds the most: 8 unused drafts, 44.44 % of all unused ones.');
  });

  it('shows ten, or as many as are asked for up to a hundred, and shares stay those of all (DRAFT-42, DRAFT-118)', async () => {
    await drafts.put(
      Array.from({ length: 12 }, (_, place) =>
        organization(`O${String(place).padStart(2, '0')}`, 4, 1),
      ).flat(),
    );
    const ten = await drafts.ask(4);
    expect(ten.rows.map((row) => row[2])).toEqual(Array.from({ length: 10 }, (_, place) => `O0${place}`));
    expect(ten.rows[0]?.[6]).toBe(8.33);
    expect((await drafts.ask(4, { limit: 5 })).rows).toHaveLength(5);
    expect((await drafts.ask(4, { limit: 100 })).rows).toHaveLength(12);
    await expect(drafts.ask(4, { limit: 101 })).rejects.toThrow(/limit must be at most 100/);
    await expect(drafts.ask(4, { limit: 0 })).rejects.toThrow(/limit must be at least 1/);
  });

  it('has a share of nothing where no draft is unused', async () => {
    await drafts.put(organization('A', 2, 0));
    const answer = await drafts.ask(4);
    expect(answer.rows[0]?.slice(2)).toEqual(['A', 2, 0, 0, null]);
    expect(answer.lines).toEqual(['No organization has an unused draft.']);
  });
});

describe('Q6', () => {
  const run = (startedAt: string, status = 'succeeded') => ({ startedAt, status, seconds: 2 });

  it('tells age, how long overdue, and the finished runs that left the draft (DRAFT-46)', async () => {
    await drafts.at('2026-02-10T12:00:00Z');
    await drafts.put([{ createdAt: '2026-02-09T05:30:00Z', organization: 'A', title: 'Untitled' }]);
    await drafts.runs(
      ['03', '04', '05', '06', '07', '08', '09', '10', '11'].map((hour) => run(`2026-02-10T${hour}:00:00Z`)),
    );
    await drafts.runs([{ startedAt: '2026-02-10T12:00:00Z', status: 'running' }]);
    const { rows } = await drafts.ask(6);
    expect(rows).toEqual([
      [expect.any(String), expect.any(String), 'A', null, 'Untitled', '2026-02-09T05:30:00Z', 30.5, 6.5, 6],
    ]);
  });

  it('counts a run that failed and none that was skipped or began at the very instant (DRAFT-16, DRAFT-124)', async () => {
    await drafts.at('2026-02-10T12:00:00Z');
    await drafts.put([{ createdAt: '2026-02-09T09:00:00Z' }]);
    await drafts.runs([
      run('2026-02-10T09:00:00Z'),
      run('2026-02-10T10:00:00Z', 'failed'),
      run('2026-02-10T11:00:00Z', 'skipped'),
    ]);
    const { rows } = await drafts.ask(6);
    expect(rows[0]?.at(-1)).toBe(1);
  });

  it('lists the oldest first and nothing that is active, young or exactly a day old (DRAFT-16, DRAFT-46)', async () => {
    await drafts.put([
      ...unusedAt(25, 24, 23.99, 50),
      { age: 50, used: true },
      { age: 60, status: 'published' },
    ]);
    const answer = await drafts.ask(6);
    expect(answer.rows.map((row) => [row[6], row[7], row[8]])).toEqual([
      [50, 26, 0],
      [25, 1, 0],
    ]);
    expect(answer.lines[0]).toMatch(/2 drafts wait and no finished run has come by since/);
  });

  it('flags drafts that are dated in the future, which have age 0 and are never deleted (DRAFT-126)', async () => {
    await drafts.put(unusedAt(-2, -50));
    const answer = await drafts.ask(6);
    expect(answer.rows).toEqual([]);
    expect(answer.sections['from_the_future']).toHaveLength(2);
    expect(answer.lines.join(' ')).toMatch(/2 drafts are dated in the future/);
    expect((await drafts.ask(2)).rows[0]?.slice(1, 3)).toEqual([2, 2]);
  });

  it('says so where more wait than it shows', async () => {
    await drafts.put(unusedAt(...Array(12).fill(30)));
    const answer = await drafts.ask(6, { limit: 10 });
    expect(answer.rows).toHaveLength(10);
    expect(answer.lines).toContain('Only the oldest 10 are shown.');
  });
});
