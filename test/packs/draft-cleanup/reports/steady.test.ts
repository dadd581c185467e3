// The seed `steady` through the reports: its figures are those that the specification states.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseScenarios, seedPack } from '../../../../src/client/seed/seed.ts';
import { type Drafts, openDrafts } from '../../../support/packs/drafts.ts';

const NOW = new Date('2026-02-10T14:30:00Z');

let drafts: Drafts;
beforeAll(async () => {
  drafts = await openDrafts();
  await drafts.at(NOW.toISOString());
  const [steady] = chooseScenarios(drafts.catalog, { pack: 'draft-cleanup', scenario: 'steady' });
  await seedPack({ ...steady!, catalog: drafts.catalog, now: NOW });
});
afterAll(() => drafts.close());

describe('the seed steady', () => {
  it('has 12 drafts, 3 of them unused, and none that is pending (DRAFT-12, DRAFT-40)', async () => {
    expect((await drafts.ask(1)).rows[0]?.slice(0, 4)).toEqual([12, 3, 9, 25]);
    expect((await drafts.ask(6)).rows).toEqual([]);
  });

  it('ends in the thirteen worked days, usage and means included (DRAFT-12, DRAFT-43, DRAFT-104)', async () => {
    const { rows, lines } = await drafts.ask(5);
    expect(rows.slice(0, 13).map((row) => row[1])).toEqual([
      15, 20, 18, 22, 16, 19, 20, 19, 18, 22, 14, 19, 18,
    ]);
    expect(rows.slice(0, 7).map((row) => row[6])).toEqual([18.57, 19.14, 18.86, 19.43, 18.29, 18.71, 18.57]);
    expect(rows.slice(13).every((row) => Number(row[1]) >= 14 && Number(row[1]) <= 22)).toBe(true);
    expect(lines.join(' ')).toMatch(/2026-02-10 is today and provisional/);
  });

  it('has four weeks of hourly runs, one of them the worked week (DRAFT-12, DRAFT-52)', async () => {
    const { rows } = await drafts.ask(9);
    expect(rows.map((row) => row[7])).toContain(98.21);
    const worked = rows.find((row) => row[7] === 98.21);
    expect(worked?.slice(1, 8)).toEqual([168, 167, 165, 2, 1, 98.8, 98.21]);
    expect((await drafts.ask(3)).cell(0, 'last_status')).toBe('succeeded');
  });

  it('has had 56 to 57 percent of drafts never used before the change (DRAFT-12, DRAFT-48)', async () => {
    const [pre] = (await drafts.ask(8, { window: '90d' })).rows;
    expect(Number(pre?.[5])).toBeGreaterThanOrEqual(56);
    expect(Number(pre?.[5])).toBeLessThanOrEqual(57);
  });

  it('has a figure for each of the twelve months, and an improvement (DRAFT-12, DRAFT-54, DRAFT-58)', async () => {
    const { rows } = await drafts.ask('monthly_trend');
    expect(rows.every((row) => Number(row[1]) > 0)).toBe(true);
    expect(Number((await drafts.ask(10)).cell(1, 'improvement_percentage'))).toBeGreaterThan(50);
  });
});
