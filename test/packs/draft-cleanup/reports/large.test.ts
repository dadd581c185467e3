// The library on the seed `large`: which index each query goes by, and that its answers agree with each other.
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindNamed } from '../../../../src/adapters/postgres/reports/ask.ts';
import { chooseScenarios, seedPack } from '../../../../src/client/seed/seed.ts';
import { paramValues } from '../../../../src/domain/reports/params.ts';
import { type Drafts, openDrafts } from '../../../support/packs/drafts.ts';

/** The real clock's: one that stands still is another function, which the planner sees through. */
const NOW = new Date();

let drafts: Drafts;
beforeAll(async () => {
  drafts = await openDrafts();
  const [large] = chooseScenarios(drafts.catalog, { pack: 'draft-cleanup', scenario: 'large' });
  await seedPack({ ...large!, catalog: drafts.catalog, now: NOW });
  await drafts.db.query('VACUUM ANALYZE');
});
afterAll(() => drafts.close());

interface Node {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** The plan that the statement is run by, with the parameters' defaults. */
const planOf = async (number: number, db: pg.Pool | pg.PoolClient = drafts.db): Promise<readonly Node[]> => {
  const found = drafts.catalog.reports.find(
    ({ pack, report }) => pack === 'draft-cleanup' && report.number === number,
  );
  if (!found) throw new Error(`no query ${number}`);
  const { values } = paramValues(found.report.params, {});
  const bindings = Object.fromEntries([
    ...Object.entries(found.report.params).map(([name, { type }]) => [name, { type, value: values[name] }]),
    ...Object.keys(found.report.inputs).map((name) => [name, { type: 'one', value: 1 }]),
  ]);
  const { text, values: given } = bindNamed(found.report.sql, bindings);
  const { rows } = await db.query({
    text: `EXPLAIN (FORMAT JSON) ${text}`,
    values: [...given],
  } satisfies pg.QueryConfig);
  return nodesOf(rows[0]['QUERY PLAN'][0].Plan);
};

describe('on the seed large', () => {
  it('is as large as it is said to be (DRAFT-14)', async () => {
    const { rows } = await drafts.db.query(`SELECT
      (SELECT count(*)::int FROM courses) AS courses,
      (SELECT count(*)::int FROM courses WHERE status = 'draft') AS drafts,
      (SELECT count(*)::int FROM organizations) AS organizations,
      (SELECT count(*)::int FROM draft_ledger) AS ledger`);
    expect(rows[0]).toEqual({ courses: 200_000, drafts: 5_000, organizations: 500, ledger: 300_000 });
  });

  it.each([
    [1, 'idx_courses_drafts', 'courses'],
    [2, 'idx_courses_drafts', 'courses'],
    [4, 'idx_courses_drafts', 'courses'],
    [6, 'idx_courses_unused_drafts', 'courses'],
    [10, 'idx_courses_drafts', 'courses'],
    [3, 'idx_job_runs_jobname_started_at', 'job_runs'],
    [9, 'idx_job_runs_jobname_started_at', 'job_runs'],
  ])('Q%i goes by %s and never reads all of %s (DRAFT-09, DRAFT-37)', async (number, index, table) => {
    const nodes = await planOf(number);
    expect(nodes.map((node) => node['Index Name'])).toContain(index);
    expect(
      nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === table),
    ).toEqual([]);
  });

  it.each([5, 7, 8, 11])('Q%i can go by the ledger’s index on created_at (DRAFT-37)', async (number) => {
    const client = await drafts.db.connect();
    // Of sixty days thirty are wanted, and whether the index pays for that is the planner's business; what must hold is that
    // the condition can be served by it.
    await client.query('BEGIN; SET LOCAL enable_seqscan = off');
    const nodes = await planOf(number, client);
    await client.query('ROLLBACK');
    client.release();
    expect(nodes.map((node) => node['Index Name'])).toContain('idx_draft_ledger_created_at');
  });
});

describe('on the seed large, at one instant', () => {
  beforeAll(() => drafts.at(NOW.toISOString()));

  it('has agreeing answers: Q1, Q2 and Q4 count the same drafts (DRAFT-38)', async () => {
    const [state] = (await drafts.ask(1)).rows;
    const ages = (await drafts.ask(2)).rows;
    const sum = (column: number) => ages.reduce((all, row) => all + Number(row[column]), 0);
    expect([sum(1), sum(2)]).toEqual([state?.[0], state?.[1]]);
    expect(state?.[0]).toBe(5_000);
    const organizations = (await drafts.ask(4, { limit: 100 })).rows;
    expect(organizations).toHaveLength(100);
  });

  it('has agreeing answers: Q7, Q5 and the ledger count the same days (DRAFT-43, DRAFT-47)', async () => {
    const week = (await drafts.ask(7)).rows.reduce((all, row) => all + Number(row[2]), 0);
    const days = (await drafts.ask(5)).rows.slice(1, 29).reduce((all, row) => all + Number(row[1]), 0);
    expect(week).toBe(days);
    expect(week).toBeGreaterThan(100_000);
  });
});
