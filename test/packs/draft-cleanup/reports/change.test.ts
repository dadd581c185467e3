// Q8 and Q10: what moving drafts to Redis has changed.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Drafts, openDrafts } from '../../../support/packs/drafts.ts';
import { redisUrl } from '../../../support/stack.ts';

const CUTOVER = '2025-11-08T00:00:00.000Z';

let drafts: Drafts;
beforeAll(async () => {
  drafts = await openDrafts();
});
afterAll(() => drafts.close());
beforeEach(() => drafts.empty());

/** So many drafts an hour after an instant, of which the first few were never used. */
const after = (instant: string, total: number, unused: number) =>
  Array.from({ length: total }, (_, place) => ({
    createdAt: new Date(Date.parse(instant) + 3_600_000).toISOString(),
    ...(place >= unused && { usedAfterSeconds: 60 }),
  }));

describe('Q8', () => {
  it('compares equal windows on both sides of the change, as worked: 56.52, 12.50, consistent (DRAFT-48, DRAFT-49)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    await drafts.ledger([...after('2025-10-20T00:00:00Z', 46, 26), ...after('2025-11-20T00:00:00Z', 40, 5)]);
    // Just outside either window.
    await drafts.ledger([{ createdAt: '2025-10-08T23:59:59Z' }, { createdAt: '2025-12-08T00:00:00Z' }]);
    const { rows } = await drafts.ask(8);
    expect(rows).toEqual([
      ['Pre-Redis', '2025-10-09T00:00:00Z', '2025-11-08T00:00:00Z', 46, 26, 56.52, 1.53, null, null],
      ['Post-Redis', '2025-11-08T00:00:00Z', '2025-12-08T00:00:00Z', 40, 5, 12.5, 1.33, 0, 'consistent'],
    ]);
  });

  it('shortens both windows to what has passed since the change (DRAFT-48)', async () => {
    await drafts.at('2025-11-10T12:00:00Z');
    await drafts.ledger([...after('2025-11-09T00:00:00Z', 5, 1), ...after('2025-11-01T00:00:00Z', 9, 9)]);
    const { rows } = await drafts.ask(8);
    expect(rows.map((row) => row.slice(1, 4))).toEqual([
      ['2025-11-05T12:00:00Z', '2025-11-08T00:00:00Z', 0],
      ['2025-11-08T00:00:00Z', '2025-11-10T12:00:00Z', 5],
    ]);
    expect(rows[1]?.[6]).toBe(2);
  });

  it.each([
    ['no lower', [10, 5], [10, 5], 'inconsistent'],
    ['lower by a hair', [3_000, 1_500], [3_000, 1_499], 'consistent'],
    ['unknown before', [0, 0], [10, 5], 'unknown'],
    ['unknown since', [10, 5], [0, 0], 'unknown'],
  ] as const)('where pollution is %s, it is %s, %s: %s (DRAFT-49)', async (_, pre, post, consistency) => {
    await drafts.at('2026-02-10T14:30:00Z');
    await drafts.ledger([
      ...after('2025-10-20T00:00:00Z', pre[0], pre[1]),
      ...after('2025-11-20T00:00:00Z', post[0], post[1]),
    ]);
    expect((await drafts.ask(8)).cell(1, 'consistency')).toBe(consistency);
  });

  it('has no length before the change has come, and is unknown then', async () => {
    await drafts.at('2025-11-01T00:00:00Z');
    const { rows } = await drafts.ask(8);
    expect(rows.map((row) => [row[1], row[2], row[6]])).toEqual([
      ['2025-11-08T00:00:00Z', '2025-11-08T00:00:00Z', null],
      ['2025-11-08T00:00:00Z', '2025-11-08T00:00:00Z', null],
    ]);
    expect(rows[1]?.at(-1)).toBe('unknown');
  });

  it('counts the open forms in Redis on the second row alone (DRAFT-11, DRAFT-49)', async () => {
    const redis = new Redis(`${redisUrl()}/7`);
    const mine = Array.from({ length: 7 }, (_, place) => `draft:session:q8-${place}`);
    await drafts.at('2026-02-10T14:30:00Z');
    expect((await drafts.ask(8)).cell(1, 'redis_sessions')).toBe(0);
    for (const key of mine) await redis.set(key, '1', 'EX', 60);
    const answer = await drafts.ask(8);
    expect(answer.cell(0, 'redis_sessions')).toBeNull();
    expect(answer.cell(1, 'redis_sessions')).toBe(7);
    await redis.del(...mine);
    redis.disconnect();
  });

  it('is unknown, with no sessions, where Redis does not answer, and says so (DRAFT-49, DRAFT-128)', async () => {
    const away = await openDrafts({ redis: 'redis://127.0.0.1:1' });
    await away.at('2026-02-10T14:30:00Z');
    await away.ledger([...after('2025-10-20T00:00:00Z', 46, 26), ...after('2025-11-20T00:00:00Z', 40, 5)]);
    const answer = await away.ask(8);
    await away.close();
    expect([answer.cell(1, 'redis_sessions'), answer.cell(1, 'consistency')]).toEqual([null, 'unknown']);
    expect(answer.lines[0]).toBe('Unknown: Redis does not answer.');
    expect(answer.bandsOf(1)['consistency']).toBe('warning');
  });
});

describe('Q10', () => {
  const live = (total: number, unused: number) =>
    drafts.put(Array.from({ length: total }, (_, place) => ({ age: 2, used: place >= unused })));

  beforeEach(() => drafts.at('2026-02-10T14:30:00Z'));

  it('has the worked rows, with an improvement of 70.51 on the second alone (DRAFT-53, DRAFT-54, DRAFT-104)', async () => {
    await drafts.snapshots([['2026-02-10T00:00:00Z', 18, 3]]);
    await live(12, 2);
    const answer = await drafts.ask(10);
    expect(answer.rows).toEqual([
      ['Pre-Redis (Baseline)', 46, 26, 56.52, null],
      ['Post-Redis (Current)', 18, 3, 16.67, 70.51],
      ['Current DB State', 12, 2, 16.67, null],
    ]);
  });

  it('tells reductions live against the baseline, each figure with its basis, and pollution never as abandonment (DRAFT-55, DRAFT-106, DRAFT-109)', async () => {
    await drafts.snapshots([['2026-02-10T00:00:00Z', 18, 3]]);
    await live(12, 2);
    // No draft any more, so it is none of the live ones.
    await drafts.put([{ age: 2, status: 'published' }]);
    const answer = await drafts.ask(10);
    expect(answer.cell(0, 'pollution_percentage')).toBe(56.52);
    expect(answer.lines.join(' ')).not.toMatch(/abandon/);
    expect(answer.lines).toEqual([
      'Improvement of 70.51 %, newest midnight snapshot against the baseline: the goal of more than 50 % is met.',
      'Live database against the baseline: all drafts 46 to 12, 73.9 % fewer; unused drafts 26 to 2, 92.3 % fewer.',
    ]);
  });

  it('takes the newest midnight (UTC) after the change, and no other hour (DRAFT-53, DRAFT-107)', async () => {
    await drafts.snapshots([
      ['2026-02-09T00:00:00Z', 100, 1],
      ['2026-02-10T00:00:00Z', 18, 3],
      ['2026-02-10T14:00:00Z', 50, 5],
      [CUTOVER, 70, 7],
    ]);
    expect((await drafts.ask(10)).rows[1]?.slice(1, 3)).toEqual([18, 3]);
    expect((await drafts.ask(10, { cutover: '2026-02-10T00:00:00Z' })).rows[1]).toEqual([
      'Post-Redis (Current)',
      null,
      null,
      null,
      null,
    ]);
  });

  it.each([
    ['there is no baseline', 'nowhere', null],
    ['the baseline had no drafts', 'empty', null],
    ['nothing of the baseline was unused', 'clean', null],
  ])('has no improvement where %s (DRAFT-54)', async (_, baseline, improvement) => {
    await drafts.db.query(`INSERT INTO draft_baselines VALUES ('empty', 0, 0, sexton.now()), ('clean', 10, 0, sexton.now())
      ON CONFLICT DO NOTHING`);
    await drafts.snapshots([['2026-02-10T00:00:00Z', 18, 3]]);
    const answer = await drafts.ask(10, { baseline });
    expect(answer.rows).toHaveLength(3);
    expect(answer.cell(1, 'improvement_percentage')).toBe(improvement);
    expect(answer.lines[0]).toMatch(/cannot be told/);
  });
});
