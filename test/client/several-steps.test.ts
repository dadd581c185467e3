// A job of several steps through the real workflow: children first, then parents, then their tables are vacuumed, each step
// once, with what each came to in the run's end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SliceInput } from '../../src/activities/slice/slice.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import { eventually } from '../support/eventually.ts';
import { aJobOf, oldRowsOf } from '../support/jobs/steps.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';

const order: string[] = [];
let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([], (all) => ({
    ...all,
    slice: (input: SliceInput) => {
      order.push(input.step ?? '');
      return all.slice(input);
    },
  }));
});
afterAll(() => desk.close());

describe('a job of several steps', () => {
  it('takes them in order in one run, and ends with the rows of all and the result of each one-shot step', async () => {
    const { db } = desk;
    await db.query(`
      CREATE TABLE public.parent (id int PRIMARY KEY, at timestamptz);
      CREATE TABLE public.child (id int PRIMARY KEY, parent_id int REFERENCES public.parent);
      CREATE INDEX ON public.child (parent_id);
      CREATE TABLE public.child_archive (LIKE public.child, PRIMARY KEY (id));
      CREATE TABLE public.told (run text);
      INSERT INTO public.parent SELECT n, sexton.now() - interval '2 days' FROM generate_series(1, 30) n;
      INSERT INTO public.child SELECT n, n % 30 + 1 FROM generate_series(1, 90) n`);
    const of = { schema: 'public', table: 'parent', key: ['id'], by: ['parent_id'], orderBy: ['at', 'id'] };
    const oneShot = { database: 'app', timeoutSeconds: 30, ifFails: 'fail' as const };
    const snapshot = aJobOf([
      {
        name: 'children',
        action: 'archive',
        batchRows: 25,
        selection: oldRowsOf('child', {
          age: { column: 'at', olderThanSeconds: 86_400, of },
          orderBy: ['id'],
        }),
        archive: { schema: 'public', table: 'child_archive' },
      },
      { name: 'parents', action: 'delete', batchRows: 25, selection: oldRowsOf('parent') },
      {
        ...oneShot,
        name: 'vacuum',
        action: 'vacuum',
        tables: [
          { schema: 'public', table: 'child' },
          { schema: 'public', table: 'parent' },
        ],
        analyze: true,
        skipLocked: false,
      },
      {
        ...oneShot,
        name: 'tell',
        action: 'sql',
        sql: `INSERT INTO public.told VALUES (current_setting('sexton.run_id'))`,
      },
    ]);
    const job = {
      id: snapshot.name,
      pack: 'test-pack',
      name: snapshot.name,
      schedule: '1 1 1 1 *',
      snapshot,
    };
    const handle = await desk.start(job);
    const result: RunResult = await handle.result();
    expect(result).toMatchObject({ state: 'completed', eligible: 120, deleted: 120, remaining: 0 });
    expect(result.results).toMatchObject([
      { step: 'vacuum', result: { table: 'public.child' } },
      { step: 'vacuum', result: { table: 'public.parent' } },
      { step: 'tell', result: { rows: 1 } },
    ]);
    expect(order).toEqual(['children', 'parents', 'vacuum', 'tell']);
    const { rows } = await db.query(
      `SELECT (SELECT count(*)::int FROM public.child_archive) AS archived, (SELECT count(*)::int FROM public.parent) AS parents,
         (SELECT array_agg(run) FROM public.told) AS told`,
    );
    expect(rows[0]).toEqual({ archived: 90, parents: 0, told: [result.runId] });
    await eventually('the vacuum is known', async () => {
      const seen = await db.query(
        `SELECT 1 FROM pg_stat_user_tables WHERE relname IN ('child', 'parent') AND last_vacuum IS NOT NULL`,
      );
      return seen.rows.length === 2;
    });
    const { events } = await handle.fetchHistory();
    const timeouts = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'slice' ? [Number(scheduled.startToCloseTimeout?.seconds)] : [],
    );
    // Two tables of thirty seconds each, and the slack that every slice has.
    expect(timeouts.slice(2)).toEqual([120, 90]);
  });
});
