// Every kind of step, from its declaration to the snapshot that travels, and what is refused when it is loaded.
import { describe, expect, it } from 'vitest';
import { checkDeclarations } from '../../src/catalog/declarations.ts';
import { definePack, type JobDefinition } from '../../src/catalog/define/pack.ts';
import type { StepDefinition } from '../../src/catalog/define/steps.ts';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { stepSnapshot } from '../../src/catalog/snapshots/step.ts';
import type { StepSnapshot } from '../../src/domain/jobs/step.ts';

const JOB: Omit<JobDefinition, 'steps'> = {
  name: 'sweep',
  summary: 'old leaves',
  owner: 'on-call',
  resourceType: 'leaf',
  schedule: '0 3 * * *',
  budget: '5m',
};

const declare = (steps: readonly unknown[]) => {
  const pack = definePack({
    name: 'garden',
    databases: { app: { url: 'DATABASE_URL' }, other: { url: 'OTHER_URL' } },
    env: {},
    build: () => ({ jobs: [{ ...JOB, steps: steps as readonly StepDefinition[] }] }),
  });
  const [checked] = checkConfig({ packs: [pack] }).packs;
  if (!checked) throw new Error('the pack is refused');
  return checkDeclarations({ pack: checked, env: {}, directory: { roles: {}, people: {}, rotations: {} } });
};

const snapshotsOf = (...steps: readonly StepDefinition[]): readonly StepSnapshot[] => {
  const { jobs, faults } = declare(steps);
  expect(faults).toEqual([]);
  return (jobs[0]?.steps ?? []).map(stepSnapshot);
};

const faultsOf = (...steps: readonly unknown[]): readonly string[] =>
  declare(steps).faults.map((fault) => renderFault(fault).replace('garden/job/sweep.steps.', ''));

const SELECTION = {
  database: 'app',
  table: 'leaves',
  key: ['id'],
  age: { column: 'fell_at', olderThan: '1d' },
};
const ROWS = { name: 'leaves', batch: 10, selection: SELECTION };
const ARCHIVE = { ...ROWS, action: 'archive', archive: { table: 'old.leaves' } } as const;
const SQL = { ...ROWS, action: 'sql-batches', sql: 'UPDATE leaves SET n = 1 WHERE id = ANY($1);' } as const;
const ITEMS = {
  ...ROWS,
  action: 'http-items',
  http: { url: 'LEAVES_URL', done: { column: 'sent_at' } },
} as const;
const VACUUM = { name: 'vacuum', action: 'vacuum', database: 'app', tables: ['leaves'] } as const;

describe('a step', () => {
  it('that archives keeps its table and columns', () => {
    const archive = { table: 'old.leaves', columns: ['id', 'note'], archivedAt: 'put_at', runId: 'run' };
    expect(snapshotsOf({ ...ARCHIVE, strategy: 'heap-order-ranges', archive })).toMatchObject([
      {
        action: 'archive',
        batchRows: 10,
        strategy: 'heap-order-ranges',
        archive: {
          schema: 'old',
          table: 'leaves',
          columns: ['id', 'note'],
          archivedAt: 'put_at',
          runId: 'run',
        },
      },
    ]);
    expect(snapshotsOf(ARCHIVE)[0]).not.toHaveProperty('strategy');
  });

  it('of requests names variables, fills in defaults, and never selects a row that is done', () => {
    const [step] = snapshotsOf({
      ...ITEMS,
      selection: { ...SELECTION, where: 'dry -- or so' },
      http: {
        ...ITEMS.http,
        path: '/{id}',
        body: ['id', 'note'],
        rateLimit: { perSecond: 10 },
        secretHeaders: { authorization: { variable: 'LEAVES_TOKEN', prefix: 'Bearer ' } },
        afterwards: { sql: 'DELETE FROM queue WHERE id = ANY($1)' },
      },
    });
    expect(step).toEqual({
      name: 'leaves',
      action: 'http-items',
      batchRows: 10,
      selection: {
        database: 'app',
        schema: 'public',
        table: 'leaves',
        key: ['id'],
        age: { column: 'fell_at', olderThanSeconds: 86_400 },
        orderBy: ['fell_at', 'id'],
        where: '"sent_at" IS NULL AND (dry -- or so\n)',
      },
      http: {
        url: 'LEAVES_URL',
        path: '/{id}',
        method: 'POST',
        headers: {},
        secretHeaders: { authorization: { variable: 'LEAVES_TOKEN', prefix: 'Bearer ' } },
        body: { id: 'id', note: 'note' },
        perSecond: 10,
        atOnce: 1,
        timeoutSeconds: 10,
        doneColumn: 'sent_at',
        thenSql: 'DELETE FROM queue WHERE id = ANY($1)',
      },
    });
  });

  it('that is done at once has its timeout: an hour for vacuum, five minutes for the others', () => {
    expect(
      snapshotsOf(
        VACUUM,
        { name: 'note', action: 'sql', database: 'app', sql: 'ANALYZE', ifFails: 'warn' },
        {
          name: 'tell',
          action: 'http',
          database: 'app',
          http: { url: 'HOOK_URL', body: { ok: true } },
          timeout: '9s',
        },
      ),
    ).toMatchObject([
      {
        action: 'vacuum',
        timeoutSeconds: 3600,
        ifFails: 'fail',
        analyze: true,
        tables: [{ schema: 'public', table: 'leaves' }],
      },
      { action: 'sql', timeoutSeconds: 300, ifFails: 'warn', sql: 'ANALYZE' },
      { action: 'http', timeoutSeconds: 9, http: { timeoutSeconds: 9, method: 'POST', body: { ok: true } } },
    ]);
  });

  it('may be as old as the rows it refers to, in their order', () => {
    const of = { table: 'tree', key: ['id'], by: ['tree_id'] };
    const selection = { ...SELECTION, age: { ...SELECTION.age, of } };
    expect(snapshotsOf({ ...ROWS, action: 'delete', selection })[0]).toMatchObject({
      selection: {
        age: {
          column: 'fell_at',
          of: { schema: 'public', table: 'tree', by: ['tree_id'], orderBy: ['fell_at', 'id'] },
        },
        orderBy: ['id'],
      },
    });
  });

  it.each<[object, string]>([
    [
      { ...ARCHIVE, archive: { table: 'leaves' } },
      '0.archive.table: must be another table than the rows come from',
    ],
    [
      { ...ARCHIVE, archive: { table: 'old.leaves', columns: ['note'] } },
      '0.archive.columns: must include the key',
    ],
    [
      { ...SQL, sql: 'UPDATE leaves SET n = 1' },
      '0.sql: must use $1, the keys of the batch: WHERE id = ANY($1)',
    ],
    [
      { name: 'v', action: 'sql', database: 'app', sql: '/* x */ COMMIT' },
      '0.sql: must not control the transaction or the connection: it runs inside the one that counts it',
    ],
    [{ ...SQL, sql: 'CALL tidy($1)' }, '0.sql: must be SELECT, INSERT, UPDATE, DELETE, MERGE or WITH'],
    [{ ...SQL, strategy: 'heap-order-ranges' }, '0.strategy: no such key'],
    [{ ...ITEMS, http: { url: 'LEAVES_URL' } }, '0.http.done: must be set'],
    [
      { ...ITEMS, http: { ...ITEMS.http, url: 'https://u:p@x' } },
      '0.http.url: must be the name of a variable, such as DATABASE_URL',
    ],
    [
      { ...ITEMS, http: { ...ITEMS.http, method: 'GET', body: ['id'] } },
      '0.http.body: must be left out of a GET',
    ],
    [{ ...ITEMS, http: { ...ITEMS.http, timeout: '1m' } }, '0.http.timeout: must be at most 20s'],
    [
      { ...ITEMS, http: { ...ITEMS.http, headers: { 'Idempotency-Key': 'x' } } },
      '0.http.headers.Idempotency-Key: is set by the engine',
    ],
    [{ ...ITEMS, http: { ...ITEMS.http, path: '/{a b}' } }, '0.http.path: must name a column in each {}'],
    [{ ...VACUUM, sql: 'x' }, '0.sql: no such key'],
    [{ ...VACUUM, database: 'nowhere' }, '0.database: must be a database of the pack (app, other)'],
    [
      { name: 'v', action: 'sql', database: 'app', sql: 'vacuum leaves' },
      '0.sql: must not vacuum, which no transaction may: use the action vacuum',
    ],
    [{ name: 'v', action: 'burn', database: 'app' }, '0.action: must be one of delete, blobs, archive'],
  ])('%j is a fault', (step, line) => {
    const faults = faultsOf(step);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(line);
  });

  it('is on the database of the first one', () => {
    expect(faultsOf(ARCHIVE, { ...VACUUM, database: 'other' })).toEqual([
      '1.database: must be on the database of the first step, got "other"',
    ]);
  });
});
