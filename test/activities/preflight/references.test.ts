// Foreign keys that a delete has to look up: one that no index serves on a large table keeps a run from beginning.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aBlobsJob, aJob } from '../../support/jobs/builders.ts';
import { aRun } from '../../support/jobs/run-job.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let db: pg.Pool;
beforeAll(async () => {
  engine = await createEngine();
  db = new pg.Pool({ connectionString: engine.url, options: '-c search_path=public' });
});
afterAll(async () => {
  await db.end();
  await engine.close();
});

const LARGE = 10_000;

/** A table that a job cleans, with an index for its age; `more` are further columns and rules. */
const aParent = async (more = '', partitioned = ''): Promise<string> => {
  const name = unique('parent');
  await db.query(`
    CREATE TABLE ${name} (id bigint NOT NULL, tenant bigint NOT NULL DEFAULT 1, expires_at timestamptz NOT NULL,
      PRIMARY KEY (id) ${more}) ${partitioned};
    CREATE INDEX ON ${name} (expires_at, id);`);
  if (partitioned === '') await fillParent(name);
  return name;
};

const fillParent = (name: string) =>
  db.query(`INSERT INTO ${name} (id, expires_at) VALUES (1, sexton.now() - interval '2 days')`);

/** A referencing table. `CHILD` in what runs after its rows are there stands for its name. */
const aChild = async (
  columns: string,
  { rows = LARGE, partitioned = '', after = '' } = {},
): Promise<string> => {
  const name = unique('child');
  await db.query(
    `CREATE TABLE ${name} (id bigint, ${columns}) ${partitioned} ${partitioned ? '' : 'WITH (autovacuum_enabled = off)'}`,
  );
  const named = (sql: string): string => sql.replaceAll('CHILD', name);
  if (partitioned) await db.query(named(after));
  await db.query(`INSERT INTO ${name} (id) SELECT n FROM generate_series(1, ${rows}) n; ANALYZE ${name}`);
  if (!partitioned && after) await db.query(named(after));
  return name;
};

const begin = (job: JobSnapshot) => engine.run(engine.activities.begin, aRun(job));

const refusalOf = async (job: JobSnapshot): Promise<string> => {
  try {
    await begin(job);
  } catch (error) {
    expect(error).toMatchObject({ type: 'PREFLIGHT_REFUSED', nonRetryable: true });
    return (error as Error).message;
  }
  return '';
};

const ofTable = (table: string): JobSnapshot => aJob({ table });

/** The statement that a refusal names. */
const statementOf = (refusal: string): string => / Run: (.*); nothing was deleted$/.exec(refusal)?.[1] ?? '';

const referencing = (parent: string, onDelete = '') =>
  `parent_id bigint DEFAULT 1 REFERENCES ${parent} ${onDelete}`;

describe('a foreign key without an index on a table of 10,000 rows', () => {
  it.each(['', 'ON DELETE RESTRICT', 'ON DELETE CASCADE', 'ON DELETE SET NULL', 'ON DELETE SET DEFAULT'])(
    'with %j is refused by constraint and table, and passes once the named statement was run',
    async (onDelete) => {
      const parent = await aParent();
      const child = await aChild(referencing(parent, onDelete));
      const refusal = await refusalOf(ofTable(parent));
      expect(refusal).toContain(
        `foreign key "${child}_parent_id_fkey" of "public"."${child}" references public.${parent}, and no index serves "parent_id"`,
      );
      expect(statementOf(refusal)).toBe(`CREATE INDEX CONCURRENTLY ON "public"."${child}" ("parent_id")`);
      await db.query(statementOf(refusal));
      expect(await begin(ofTable(parent))).toMatchObject({ begun: true });
    },
  );

  it('is told in a dry run too', async () => {
    const parent = await aParent();
    await aChild(referencing(parent));
    const dryRun = engine.run(engine.activities.preview, aRun(ofTable(parent), { dryRun: true }));
    await expect(dryRun).rejects.toMatchObject({ type: 'PREFLIGHT_REFUSED' });
  });

  it('of the table itself is refused: each row that goes looks for those that name it', async () => {
    const parent = await aParent(`, up bigint`);
    await db.query(`
      INSERT INTO ${parent} (id, expires_at) SELECT n, sexton.now() FROM generate_series(2, ${LARGE}) n;
      ALTER TABLE ${parent} ADD FOREIGN KEY (up) REFERENCES ${parent}; ANALYZE ${parent}`);
    expect(await refusalOf(ofTable(parent))).toContain(`of "public"."${parent}" references public.${parent}`);
  });

  it('is refused on a table that nobody has analysed yet', async () => {
    const parent = await aParent();
    const child = await aChild(referencing(parent), { rows: 1 });
    await db.query(`TRUNCATE ${child}; INSERT INTO ${child} (id) SELECT n FROM generate_series(1, 15000) n`);
    expect(await refusalOf(ofTable(parent))).toContain(`of "public"."${child}"`);
  });

  it('is refused although an earlier step of the same job empties that table', async () => {
    const parent = await aParent();
    const child = await aChild(`${referencing(parent)}, expires_at timestamptz`, {
      after: 'ALTER TABLE CHILD ADD PRIMARY KEY (id); CREATE INDEX ON CHILD (expires_at, id)',
    });
    const [first] = aJob({ table: child }).steps;
    const [second] = ofTable(parent).steps;
    const steps: JobSnapshot['steps'] = [
      { ...first, name: 'children' },
      { ...second, name: 'parents' },
    ];
    expect(await refusalOf({ ...aJob(), steps })).toContain(
      `step parents: foreign key "${child}_parent_id_fkey"`,
    );
  });
});

describe('a foreign key is no reason to refuse', () => {
  it('on a table of 9,999 rows', async () => {
    const parent = await aParent();
    await aChild(referencing(parent), { rows: LARGE - 1 });
    expect(await begin(ofTable(parent))).toMatchObject({ begun: true });
  });

  it('where a step clears objects: the rows stay', async () => {
    const parent = await aParent(', made_at timestamptz, pdf text, pdf_deleted_at timestamptz');
    await aChild(referencing(parent));
    const dryRun = aRun(aBlobsJob({ table: parent }), { dryRun: true });
    expect(await engine.run(engine.activities.preview, dryRun)).toMatchObject({ would_delete: 0 });
  });
});

describe('an index serves a foreign key', () => {
  it.each([
    ['a hash index', 'USING hash (parent_id)', true],
    ['one of more columns that begins with the key’s', '(parent_id, id)', true],
    ['one that covers only rows that name a parent', '(parent_id) WHERE parent_id IS NOT NULL', true],
    ['not one that another column leads', '(id, parent_id)', false],
    ['not one that only includes the column', '(id) INCLUDE (parent_id)', false],
    ['not one of other rows', '(parent_id) WHERE id > 5', false],
    ['not one of some of those rows', '(parent_id) WHERE parent_id IS NOT NULL AND id > 5', false],
    ['not one of an expression', '((parent_id + 0))', false],
    ['not one that knows ranges only', 'USING brin (parent_id)', false],
  ])('%s', async (_, index, serves) => {
    const parent = await aParent();
    const child = await aChild(referencing(parent), { after: `CREATE INDEX ON CHILD ${index}` });
    expect((await refusalOf(ofTable(parent))) === '').toBe(serves);
    // The planner says whether that was right: what the lookup of a delete goes by.
    if (serves) expect(await lookupPlan(child, ['parent_id'])).toMatch(/Index Cond/);
  });

  it.each([
    ['with its columns in their order', '(tenant, parent_id)', true],
    ['with its columns in another order, and one more', '(parent_id, tenant, id)', true],
    [
      'with a condition that the lookup implies',
      '(tenant, parent_id) WHERE tenant IS NOT NULL AND parent_id IS NOT NULL',
      true,
    ],
    ['not with the first of its columns alone', '(tenant)', false],
    ['not with another column between them', '(tenant, id, parent_id)', false],
  ])('of two columns: %s', async (_, index, serves) => {
    const parent = await aParent(', UNIQUE (tenant, id)');
    const child = await aChild(
      `tenant bigint DEFAULT 1, parent_id bigint DEFAULT 1, FOREIGN KEY (tenant, parent_id) REFERENCES ${parent} (tenant, id)`,
      { after: `CREATE INDEX ON CHILD ${index}` },
    );
    const refusal = await refusalOf(ofTable(parent));
    expect(refusal === '').toBe(serves);
    if (!serves) expect(refusal).toContain(`ON "public"."${child}" ("tenant", "parent_id")`);
    else expect(await lookupPlan(child, ['tenant', 'parent_id'])).toMatch(/Index Cond/);
  });

  it('not while it is invalid', async () => {
    const parent = await aParent();
    const child = await aChild(referencing(parent), {
      after: 'CREATE INDEX CHILD_broken ON CHILD (parent_id)',
    });
    expect(await refusalOf(ofTable(parent))).toBe('');
    await db.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${child}_broken'::regclass`);
    expect(await refusalOf(ofTable(parent))).toContain('foreign key');
  });
});

/** The plan of a foreign key's lookup where the planner takes an index if there is any. */
const lookupPlan = async (child: string, columns: readonly string[]): Promise<string> => {
  const client = await db.connect();
  try {
    await client.query('BEGIN; SET LOCAL enable_seqscan = off');
    const same = columns.map((column) => `${column} = (SELECT 1::bigint)`).join(' AND ');
    const { rows } = await client.query(`EXPLAIN SELECT 1 FROM ONLY ${child} WHERE ${same} FOR KEY SHARE`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
};

describe('a cascade', () => {
  const family = async (onDelete: string) => {
    const parent = await aParent();
    const child = await aChild(referencing(parent, onDelete), {
      rows: 1,
      after: 'ALTER TABLE CHILD ADD PRIMARY KEY (id); CREATE INDEX ON CHILD (parent_id)',
    });
    const grandchild = await aChild(`child_id bigint DEFAULT 1 REFERENCES ${child}`);
    return { parent, child, grandchild };
  };

  it('is followed: what references the rows that it takes is asked about too', async () => {
    const { parent, child, grandchild } = await family('ON DELETE CASCADE');
    expect(await refusalOf(ofTable(parent))).toContain(
      `of "public"."${grandchild}" references public.${child}`,
    );
  });

  it('that is none is not', async () => {
    const { parent } = await family('ON DELETE SET NULL');
    expect(await begin(ofTable(parent))).toMatchObject({ begun: true });
  });
});

describe('partitioned tables', () => {
  const partitions = `CREATE TABLE CHILD_1 PARTITION OF CHILD FOR VALUES FROM (0) TO (5001);
    CREATE TABLE CHILD_2 PARTITION OF CHILD FOR VALUES FROM (5001) TO (1000000);`;

  it('as children need an index on the whole, made without CONCURRENTLY', async () => {
    const parent = await aParent();
    const child = await aChild(referencing(parent), {
      partitioned: 'PARTITION BY RANGE (id)',
      after: partitions,
      rows: 30_000,
    });
    await db.query(`CREATE INDEX ON ${child}_1 (parent_id)`);
    const refusal = await refusalOf(ofTable(parent));
    expect(refusal.match(/foreign key/g)).toHaveLength(1);
    expect(statementOf(refusal)).toBe(`CREATE INDEX ON "public"."${child}" ("parent_id")`);
    await db.query(statementOf(refusal));
    expect(await begin(ofTable(parent))).toMatchObject({ begun: true });
  });

  it('are cleaned like any other, and what references them or one of their partitions needs its index', async () => {
    const parent = await aParent('', 'PARTITION BY RANGE (id)');
    await db.query(`CREATE TABLE ${parent}_1 PARTITION OF ${parent} FOR VALUES FROM (0) TO (100)`);
    await fillParent(parent);
    expect(await begin(ofTable(parent))).toMatchObject({ begun: true, plan: { eligible: 1 } });
    const whole = await aChild(referencing(parent));
    const part = await aChild(referencing(`${parent}_1`));
    const refusal = await refusalOf(ofTable(parent));
    expect(refusal).toMatch(/^2 reasons: \(1\) .*; \(2\) .*; nothing was deleted$/);
    expect(refusal).toContain(`of "public"."${whole}" references public.${parent},`);
    expect(refusal).toContain(`of "public"."${part}" references public.${parent}_1,`);
    expect((await refusalOf(ofTable(`${parent}_1`))).match(/foreign key/g)).toHaveLength(2);
  });
});
