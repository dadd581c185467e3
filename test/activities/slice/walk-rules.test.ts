// How a step goes through its table and how large its batches are: pure rules, with figures written down by the test.
import { describe, expect, it } from 'vitest';
import type { BatchContext } from '../../../src/activities/actions/batch.ts';
import { createAttempts } from '../../../src/activities/walk/attempts.ts';
import { chooseStrategy } from '../../../src/activities/walk/choose.ts';
import { heapOrderWalk } from '../../../src/activities/walk/heap-order.ts';
import { isPatient, mostPasses } from '../../../src/activities/walk/passes.ts';
import type { Stretch, Walk } from '../../../src/activities/walk/walk.ts';
import { createWidth } from '../../../src/activities/walk/width.ts';
import type { Cursor } from '../../../src/adapters/postgres/runs/ledger.ts';
import type { BatchedStep, Strategy } from '../../../src/domain/jobs/step.ts';
import { aJob } from '../../support/jobs/builders.ts';

describe('the way through a table', () => {
  const choose = (change: {
    readonly eligible?: number;
    readonly rows?: number;
    readonly pages?: number;
    readonly correlation?: number | undefined;
    readonly partitioned?: boolean;
    readonly strategy?: Strategy;
    readonly batchRows?: number;
  }) => {
    const { eligible = 500_000, strategy, batchRows = 1_000, ...more } = change;
    const [declared] = aJob({ batchRows }).steps;
    const step: BatchedStep = { ...declared, ...(strategy && { strategy }) };
    const statistics = { rows: 1_000_000, pages: 12_500, partitioned: false, correlation: 0, ...more };
    return chooseStrategy({ step, statistics, eligible });
  };

  it('is the order of its pages where much goes and the old rows lie scattered, and says so in figures', () => {
    expect(choose({})).toEqual({
      strategy: 'heap-order-ranges',
      because: '50 % of about 1,000,000 rows, expires_at not in the order of the pages (correlation 0.00)',
    });
  });

  it('is the age index where little goes, where the old rows lie together, or where reading every page would take longer', () => {
    expect(choose({ eligible: 5_000 })).toMatchObject({
      strategy: 'age-index-windows',
      because: expect.stringMatching(/^0\.5 % of/),
    });
    expect(choose({ eligible: 50_000 }).strategy).toBe('heap-order-ranges');
    expect(choose({ eligible: 50_000, correlation: 1 })).toMatchObject({
      strategy: 'age-index-windows',
      because: expect.stringContaining('in the order of the pages (correlation 1.00)'),
    });
    expect(choose({ eligible: 50_000, correlation: -1 }).strategy).toBe('age-index-windows');
    expect(choose({ pages: 2_000_000 }).strategy).toBe('age-index-windows');
  });

  it('is the age index for few rows, and for batches that one page may overflow', () => {
    expect(choose({ eligible: 999, rows: 1_000, pages: 10 }).strategy).toBe('age-index-windows');
    expect(choose({ batchRows: 299 }).strategy).toBe('age-index-windows');
    expect(choose({ batchRows: 300 }).strategy).toBe('heap-order-ranges');
  });

  it('is what was declared, whatever the statistics say', () => {
    expect(choose({ strategy: 'age-index-windows' })).toMatchObject({
      strategy: 'age-index-windows',
      because: expect.stringMatching(/^declared; 50 %/),
    });
    expect(choose({ strategy: 'heap-order-ranges', eligible: 3 }).strategy).toBe('heap-order-ranges');
  });

  it('is the age index for a partitioned table, whatever was declared: its pages are in many files', () => {
    expect(choose({ partitioned: true, strategy: 'heap-order-ranges' })).toMatchObject({
      strategy: 'age-index-windows',
      because: expect.stringMatching(/^a partitioned table; /),
    });
  });

  it('is chosen without statistics, too, and says that there are none', () => {
    expect(choose({ correlation: undefined })).toMatchObject({
      strategy: 'heap-order-ranges',
      because: expect.stringContaining('in an order that nobody has analysed yet'),
    });
    expect(choose({ rows: 0, pages: 0, eligible: 0 }).because).toMatch(/^0\.0 % of about 0 rows/);
  });
});

describe('a step', () => {
  it('makes ten passes at most, and waits for others in all but the first; one whose rows stay makes one and waits in it', () => {
    expect(mostPasses({ action: 'delete' })).toBe(10);
    expect([1, 2, 10].map((pass) => isPatient({ action: 'delete' }, pass))).toEqual([false, true, true]);
    expect(mostPasses({ action: 'sql-batches' })).toBe(1);
    expect(isPatient({ action: 'sql-batches' }, 1)).toBe(true);
  });
});

describe('the size of a batch', () => {
  const width = (rowsPerSecond?: number, least = 16) => createWidth({ rowsPerSecond, least: () => least });
  const took = (size: number, ms: number, rows = size) => ({ size, rows, ms, targetMs: 150 });
  const fault = new Error('a row fails');

  it('is not narrowed before anything is known, but never above what one second may take', () => {
    expect(width().rows()).toBe(Number.POSITIVE_INFINITY);
    expect(width(40).rows()).toBe(40);
    expect(width(0.5).rows()).toBe(1);
  });

  it('comes down to what the target time bears at once, and grows to twice at most from one to the next', () => {
    const slow = width();
    slow.widen(took(1_000, 3_000));
    expect(slow.rows()).toBe(50);
    slow.widen(took(50, 10));
    expect(slow.rows()).toBe(100);
    slow.widen(took(100, 100));
    expect(slow.rows()).toBe(150);
  });

  it('follows the rows that were taken, not those that were allowed, and nothing where there were none', () => {
    const sparse = width();
    sparse.widen(took(1_000, 300, 100));
    expect(sparse.rows()).toBe(50);
    sparse.widen(took(1_000, 0.01, 0));
    expect(sparse.rows()).toBe(50);
  });

  it('is halved around a row that fails until its rows are taken one by one', () => {
    const narrowed = width();
    narrowed.narrow(1_000, fault);
    expect([narrowed.rows(), narrowed.singly()]).toEqual([500, false]);
    narrowed.narrow(40, fault);
    expect([narrowed.rows(), narrowed.singly()]).toEqual([20, false]);
    narrowed.narrow(20, fault);
    expect([narrowed.rows(), narrowed.singly(), narrowed.blindly()]).toEqual([16, true, false]);
  });

  it('finds rows by age alone where even one by one they cannot be asked, and gives up where that fails as well', () => {
    const narrowed = width();
    narrowed.narrow(20, fault);
    narrowed.narrow(16, fault);
    expect(narrowed.blindly()).toBe(true);
    expect(() => narrowed.narrow(16, fault)).toThrow(fault);
  });

  it('is halved where it took too long, below what a page may hold as well, until one of few rows must be to blame', () => {
    const slow = width(undefined, 300);
    slow.slow(400, fault);
    expect([slow.rows(), slow.singly()]).toEqual([200, false]);
    slow.slow(17, fault);
    expect([slow.rows(), slow.singly()]).toEqual([8, false]);
    slow.slow(8, fault);
    expect(slow.singly()).toBe(true);
    slow.slow(8, fault);
    expect(slow.blindly()).toBe(true);
    expect(() => slow.slow(8, fault)).toThrow(fault);
  });

  it('doubles again after each batch that went well, and learns no time from rows taken one by one', () => {
    const narrowed = width();
    narrowed.narrow(32, fault);
    narrowed.widen(took(16, 10_000));
    expect([narrowed.rows(), narrowed.singly()]).toEqual([32, false]);
    narrowed.widen(took(32, 75));
    expect(narrowed.rows()).toBe(64);
  });
});

describe('the stretches in heap order', () => {
  const facts = { pages: 1_000, file: '16384' };
  const next = (walk: Walk, cursor: Cursor | undefined, size = 1_000): Promise<Stretch | undefined> =>
    walk.next(undefined as never, undefined as never, {
      position: { seq: 0, pass: 1, walk: 'heap-order-ranges', cursor, deletedInPass: 0 },
      size,
    });
  const learned = (rows: number, ms = 150) => ({ rows, ms, targetMs: 150 });

  it('follow each other without a gap from the first page to the last, and only the last has no end', async () => {
    const walk = heapOrderWalk(facts, 40_000);
    const covered: (readonly [number, number])[] = [];
    let cursor: Cursor | undefined;
    do {
      const stretch = await next(walk, cursor);
      covered.push(stretch?.window.pages ?? [0, 0]);
      walk.learn(learned(900));
      cursor = stretch?.end;
    } while (cursor);
    expect(covered[0]?.[0]).toBe(0);
    expect(covered.at(-1)?.[1]).toBe(1_000);
    for (const [place, [from]] of covered.entries())
      if (place > 0) expect(from).toBe(covered[place - 1]?.[1]);
  });

  it('aim below the size by how densely the rows lie, as expected and then as found', async () => {
    const walk = heapOrderWalk(facts, 40_000);
    expect((await next(walk, undefined))?.window.pages).toEqual([0, 22]);
    walk.learn(learned(220, 10));
    expect((await next(walk, ['22', '16384']))?.window.pages).toEqual([22, 22 + 44]);
  });

  it('are cut by what was too crowded, down to one page, which always fits', async () => {
    const walk = heapOrderWalk(facts, 1_000);
    expect((await next(walk, undefined, 300))?.window.pages).toEqual([0, 256]);
    walk.learn(learned(25_600));
    expect((await next(walk, undefined, 300))?.window.pages).toEqual([0, 2]);
    walk.learn(learned(582));
    expect((await next(walk, undefined, 300))?.window.pages).toEqual([0, 1]);
  });

  it('grow to twice at most where little was found, and shrink where reading took too long', async () => {
    const walk = heapOrderWalk({ pages: 1_000_000, file: '1' }, 10);
    await next(walk, undefined);
    walk.learn(learned(0, 1));
    expect((await next(walk, ['256', '1']))?.window.pages).toEqual([256, 256 + 512]);
    walk.learn(learned(0, 1_500));
    expect((await next(walk, ['768', '1']))?.window.pages).toEqual([768, 768 + 51]);
  });

  it('lead no further at the end of the table, in a file that is not the same any more, or for batches below a page', async () => {
    const walk = heapOrderWalk(facts, 40_000);
    expect(await next(walk, ['1000', '16384'])).toBeUndefined();
    expect(await next(walk, ['10', '99999'])).toBeUndefined();
    expect(await next(walk, undefined, 299)).toBeUndefined();
  });
});

describe('an attempt at a batch', () => {
  const context = { selection: { where: 'note IS NULL' } } as BatchContext;
  const failed = (how: 'fault' | 'contended' | 'slow' | 'crowded', size: number) => ({
    failed: how,
    error: new Error(how),
    size,
    rows: 0,
    ms: 1,
  });
  const attempts = () => {
    const created = createAttempts({ rowsPerSecond: undefined, least: () => 16 });
    const next = (patient = false) => {
      const { most, lockTimeoutMs, found } = created.next(context, { already: 0, beat: () => {}, patient });
      return { most, lockTimeoutMs, blind: found.selection.where === undefined };
    };
    return { ...created, next };
  };
  const ALL = Number.POSITIVE_INFINITY;

  it('waits briefly for rows that others hold where a later pass comes back to them, and longer where none does', () => {
    expect(attempts().next()).toEqual({ most: ALL, lockTimeoutMs: 250, blind: false });
    expect(attempts().next(true)).toEqual({ most: ALL, lockTimeoutMs: 2_000, blind: false });
  });

  it('that met a locked row is made again at the same size without those; only then is it halved', () => {
    const { next, failed: fails, succeeded } = attempts();
    fails(failed('contended', 1_000));
    expect(next(true)).toEqual({ most: ALL, lockTimeoutMs: 250, blind: false });
    fails(failed('contended', 1_000));
    expect(next().most).toBe(500);
    succeeded({ size: 500, rows: 500, ms: 150, targetMs: 150 });
    expect(next(true).lockTimeoutMs).toBe(2_000);
  });

  it('that took too long, or met a row that fails, is halved; one whose stretch was crowded is not', () => {
    const { next, failed: fails } = attempts();
    fails(failed('crowded', 1_000));
    expect(next().most).toBe(ALL);
    fails(failed('slow', 1_000));
    expect(next().most).toBe(500);
    fails(failed('fault', 500));
    expect(next().most).toBe(250);
  });

  it('row by row waits for nobody, and finds its rows by age alone once their condition cannot be asked', () => {
    const { next, failed: fails } = attempts();
    fails(failed('fault', 20));
    expect(next(true)).toEqual({ most: 16, lockTimeoutMs: 50, blind: false });
    fails(failed('fault', 16));
    expect(next()).toEqual({ most: 16, lockTimeoutMs: 50, blind: true });
    expect(() => fails(failed('fault', 16))).toThrow('fault');
  });
});
