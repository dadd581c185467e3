// The library as a whole: which queries there are, what each says of itself, and the shape of every answer.
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogReport } from '../../../../src/catalog/catalog.ts';
import { sqlOfPack } from '../../../../src/client/reports/report-sql.ts';
import { type Drafts, openDrafts } from '../../../support/packs/drafts.ts';

let drafts: Drafts;
let library: readonly CatalogReport[];
beforeAll(async () => {
  drafts = await openDrafts();
  library = drafts.catalog.reports.filter(({ pack }) => pack === 'draft-cleanup');
  await drafts.at('2026-02-10T14:30:00Z');
});
afterAll(() => drafts.close());

/** Number, title, budget, rows of an empty database, columns. */
const LIBRARY: readonly (readonly [number, string, number, number, string])[] = [
  [
    1,
    'System Health Dashboard',
    100,
    1,
    'total_drafts unused_drafts active_drafts pollution_percentage created_last_hour created_last_24h pending_cleanup snapshot_time',
  ],
  [2, 'Drafts by Age Distribution', 100, 4, 'age_bucket draft_count unused_count unused_percentage'],
  [
    3,
    'Cleanup Job Performance',
    50,
    1,
    'jobname schedule active last_run hours_since_last_run next_run last_status last_deleted_count consecutive_failures',
  ],
  [
    4,
    'Organization Leaderboard',
    200,
    0,
    'rank organization_id organization_name total_drafts unused_drafts pollution_percentage share_of_unused_percent',
  ],
  [
    5,
    'Daily Trend Analysis',
    300,
    30,
    'date drafts_created drafts_used drafts_abandoned usage_rate abandonment_rate ma7_drafts_created',
  ],
  [
    6,
    'Pending Cleanup Audit',
    200,
    0,
    'course_id organization_id organization_name user_id title created_at age_hours overdue_hours runs_missed',
  ],
  [
    7,
    'Hourly Traffic Pattern',
    250,
    168,
    'day_of_week hour_of_day drafts_created avg_drafts abandoned abandonment_rate is_peak',
  ],
  [
    8,
    'Redis Consistency Check',
    150,
    2,
    'period window_start window_end drafts_created unused_drafts pollution_percentage avg_per_day redis_sessions consistency',
  ],
  [
    9,
    'Cleanup Job Effectiveness',
    300,
    4,
    'week_start expected_runs total_runs successful_runs failed_runs missed_runs success_rate uptime_percentage avg_duration_ms max_duration_ms drafts_deleted',
  ],
  [
    10,
    'Pre vs Post Comparison',
    200,
    3,
    'period total_drafts unused_drafts pollution_percentage improvement_percentage',
  ],
  [
    11,
    'User Behavior Analysis',
    250,
    5,
    'duration_bucket session_count percentage used_count conversion_rate',
  ],
];

const byNumber = (number: number): CatalogReport => {
  const found = library.find(({ report }) => report.number === number);
  if (!found) throw new Error(`no query ${number}`);
  return found;
};

describe('the library', () => {
  it('has the eleven numbered queries under their titles, and the monthly trend by name (DRAFT-02, DRAFT-03, DRAFT-37)', () => {
    const numbered = library.filter(({ report }) => report.number !== undefined);
    expect(numbered.map(({ report }) => [report.number, report.title])).toEqual(
      LIBRARY.map(([number, title]) => [number, title]),
    );
    expect(library.map(({ name }) => name)).toContain('monthly_trend');
  });

  it.each(LIBRARY)(
    'Q%i, %s, has its columns, its budget of %i ms, and a row each of nothing (DRAFT-37)',
    async (number, _, budget, rows, columns) => {
      const { report } = byNumber(number);
      expect(report.budgetMs).toBe(budget);
      expect(report.columns.map(({ name }) => name).join(' ')).toBe(columns);
      expect((await drafts.ask(number)).rows).toHaveLength(rows);
    },
  );

  it('documents each with purpose, sample, interpretation, hint and related items (DRAFT-37)', async () => {
    for (const { name, report } of library) {
      const sections = Object.fromEntries(report.sections.map((section) => [section.name, []]));
      const lines = report.interpret?.({
        rows: report.sample,
        sections,
        params: {},
        asOf: '2026-02-10T14:30:00.000000Z',
      });
      expect([name, lines?.length ?? 0]).toEqual([name, expect.toSatisfy((count: number) => count > 0)]);
      expect([name, (lines ?? []).filter((line) => /undefined|NaN|null/.test(line))]).toEqual([name, []]);
      expect([name, report.related.length]).toEqual([name, expect.toSatisfy((count: number) => count > 0)]);
      expect(report.purpose.length + report.hint.length).toBeGreaterThan(60);
    }
  });

  it('exports as one commented file of plain SQL that runs as it is and returns the same columns (DRAFT-59)', async () => {
    const file = sqlOfPack(drafts.catalog, 'draft-cleanup', library);
    for (const { report } of library) expect(file).toContain(`-- ${report.purpose.slice(0, 40)}`);
    expect(file).not.toMatch(/^\s*:[a-z_]+/m);
    // Several statements at once, as a person pastes them.
    const answers = (await drafts.db.query(file)) as unknown as readonly pg.QueryResult[];
    const numbered = library.filter(({ report }) => report.number !== undefined);
    const named = library.filter(({ report }) => report.number === undefined);
    const expected = [...numbered, ...named.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))].flatMap(
      ({ report }) => [report, ...report.sections],
    );
    expect(answers.map(({ fields }) => fields.map(({ name }) => name))).toEqual(
      expected.map(({ columns }) => columns.map(({ name }) => name)),
    );
  });

  it('interprets an empty database without inventing a figure (DRAFT-59)', async () => {
    for (const { name } of library) {
      const { lines } = await drafts.ask(name);
      expect([name, lines.filter((line) => /undefined|NaN|null|Infinity/.test(line))]).toEqual([name, []]);
      expect([name, lines.length]).toEqual([name, expect.toSatisfy((count: number) => count > 0)]);
    }
  });
});
