// What is declared is checked as a whole, and every mistake is told by the place where it stands.
import { describe, expect, it } from 'vitest';
import { checkDeclarations } from '../../src/catalog/declarations.ts';
import type { JobDefinition, Pack } from '../../src/catalog/define/pack.ts';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { definePack } from '../../src/index.ts';

const JOB: JobDefinition = {
  name: 'sweep',
  summary: 'Sweeps',
  owner: 'on-call',
  resourceType: 'leaf',
  schedule: '10 * * * *',
  budget: '5m',
  steps: [
    {
      name: 'leaves',
      action: 'delete',
      batch: 1000,
      selection: {
        database: 'app',
        table: 'leaves',
        key: ['id'],
        age: { column: 'fell_at', olderThan: '24h' },
      },
    },
  ],
};

const packOf = (jobs: readonly unknown[], more: object = {}): Pack => ({
  ...definePack({
    name: 'garden',
    databases: { app: { url: 'DATABASE_URL' } },
    env: {},
    build: () => ({ jobs: [] }),
  }),
  build: () => ({ jobs: jobs as readonly JobDefinition[] }),
  ...more,
});

const declarations = (jobs: readonly unknown[]) => {
  const { packs, faults } = checkConfig({ packs: [packOf(jobs)] });
  const [pack] = packs;
  if (!pack) throw new Error(faults.map(renderFault).join('\n'));
  return checkDeclarations({ pack, env: {}, directory: { roles: {}, people: {}, rotations: {} } });
};

/** Of a step that has one. */
const selectionOf = (step: object | undefined) => {
  if (step && 'selection' in step) return step.selection as object & { readonly orderBy?: unknown };
  throw new Error('the step selects no rows');
};

const faultsOf = (change: object): readonly string[] =>
  declarations([{ ...JOB, ...change }]).faults.map(renderFault);

const withSelection = (change: object): object => ({
  steps: JOB.steps.map((step) => ({ ...step, selection: { ...selectionOf(step), ...change } })),
});

describe('a job', () => {
  it('gets its defaults: public schema, lock by name (SLA-16), order by age and then key', () => {
    const { jobs, faults } = declarations([JOB]);
    expect(faults).toEqual([]);
    expect(jobs[0]).toMatchObject({ budgetSeconds: 300, lockKey: 'lock:cleanup:sweep' });
    expect(selectionOf(jobs[0]?.steps[0])).toMatchObject({
      schema: 'public',
      table: 'leaves',
      age: { column: 'fell_at', olderThanSeconds: 86_400 },
      orderBy: ['fell_at', 'id'],
    });
  });

  it('keeps its own schema, order and lock, and names no column twice in the default order', () => {
    const own = declarations([
      { ...JOB, lock: 'mine', ...withSelection({ table: 'yard.leaves', orderBy: ['id'] }) },
    ]);
    expect(own.jobs[0]).toMatchObject({ lockKey: 'mine' });
    expect(selectionOf(own.jobs[0]?.steps[0])).toMatchObject({
      schema: 'yard',
      table: 'leaves',
      orderBy: ['id'],
    });
    const both = declarations([{ ...JOB, ...withSelection({ key: ['fell_at', 'id'] }) }]);
    expect(selectionOf(both.jobs[0]?.steps[0]).orderBy).toEqual(['fell_at', 'id']);
  });

  it('is guarded by default: 90 % of a table of 10,000 rows or more, and 100 items that fail', () => {
    expect(declarations([JOB]).jobs[0]).toMatchObject({
      guard: { maxShare: 0.9, shareFromRows: 10_000 },
      maxPoison: 100,
    });
  });

  it.each<[object, object]>([
    [{ maxRows: 5 }, { maxRows: 5, maxShare: 0.9, shareFromRows: 10_000 }],
    [{ maxShare: 0.25 }, { maxShare: 0.25, shareFromRows: 0 }],
    [
      { maxRows: 5, maxShare: 1 },
      { maxRows: 5, maxShare: 1, shareFromRows: 0 },
    ],
  ])('with guard %j holds %j: a share that is declared holds for every table', (guard, held) => {
    const [job] = declarations([{ ...JOB, guard, maxPoison: 0 }]).jobs;
    expect(job?.guard).toEqual(held);
    expect(job?.maxPoison).toBe(0);
  });

  it.each<[object, string]>([
    [{ guard: { maxRows: 0 } }, 'guard.maxRows: must be a whole number from 1 on, got 0'],
    [{ guard: { maxRows: 1.5 } }, 'guard.maxRows: must be a whole number from 1 on, got 1.5'],
    [{ guard: { maxShare: 0 } }, 'guard.maxShare: must be above 0; 0.5 is half of the table, got 0'],
    [{ guard: { maxShare: 90 } }, 'guard.maxShare: must be at most 1; 0.5 is half of the table, got 90'],
    [{ guard: { rows: 5 } }, 'guard.rows: no such key'],
    [{ maxPoison: -1 }, 'maxPoison: must be a whole number from 0 on, got -1'],
    [{ budget: '5 minutes' }, 'budget: must be a duration above 0, such as 5m or 1h30m, got "5 minutes"'],
    [{ budget: '0s' }, 'budget: must be a duration above 0, such as 5m or 1h30m, got "0s"'],
    [{ name: 'Sweep' }, 'name: must be at most 40 of a-z, 0-9, _ and -, a letter first, got "Sweep"'],
    [
      { schedule: '0 0 13 * 5' },
      'schedule: must not limit both day of month and day of week, got "0 0 13 * 5"',
    ],
    [{ owner: undefined }, 'owner: must be set'],
    [{ colour: 'red' }, 'colour: no such key'],
    [{ steps: [] }, 'steps: must have a step, got []'],
    [withSelection({ key: [] }), 'steps.0.selection.key: must name at least one column, got []'],
    [
      withSelection({ database: 'app2' }),
      'steps.0.selection.database: must be a database of the pack (app), got "app2"',
    ],
    [
      withSelection({ table: 'a.b.c' }),
      'steps.0.selection.table: must be a table or schema.table, plain SQL names, got "a.b.c"',
    ],
    [
      withSelection({ age: { column: 'x y', olderThan: '1d' } }),
      'steps.0.selection.age.column: must be a plain SQL name of at most 63 characters, got "x y"',
    ],
    [
      { steps: JOB.steps.map((step) => ({ ...step, batch: 50_001 })) },
      'steps.0.batch: must be a whole number from 1 to 50000, got 50001',
    ],
  ])('%j is a fault', (change, line) => {
    const place = 'name' in change ? 'garden/job/Sweep' : 'garden/job/sweep';
    expect(faultsOf(change)).toEqual([`${place}.${line}`]);
  });

  it('may have 20 steps, each of its own name, and not one more', () => {
    const steps = Array.from({ length: 21 }, (_, place) =>
      JOB.steps.map((step) => ({ ...step, name: `s${place}` })),
    ).flat();
    expect(faultsOf({ steps: steps.slice(1) })).toEqual([]);
    expect(faultsOf({ steps })[0]).toMatch(/^garden\/job\/sweep\.steps: must have at most 20 steps, got/);
    expect(faultsOf({ steps: [...JOB.steps, ...JOB.steps] })).toEqual([
      'garden/job/sweep.steps.1.name: must be the only step of this name in its job, got "leaves"',
    ]);
  });

  it('whose name is taken in its pack is a fault', () => {
    expect(declarations([JOB, JOB]).faults.map(renderFault)).toEqual([
      'garden/job/sweep: is named twice in its pack',
    ]);
  });
});

describe('a config', () => {
  it('tells the faults of several packs at once', () => {
    const packs = [packOf([], { name: 'Garden' }), packOf([], { build: 3, extra: true })];
    const { faults } = checkConfig({ packs, settings: { leaseSeconds: 0 } });
    expect(faults.map(renderFault)).toEqual([
      'sexton.config.ts.settings.leaseSeconds: must be > 0, got 0',
      'pack Garden.name: must be at most 40 of a-z, 0-9, _ and -, a letter first, got "Garden"',
      'pack garden.build: must be a function, got 3',
      'pack garden.extra: no such key',
    ]);
  });

  it('with packs that differ in - and _ only is refused, because variables and tables could not', () => {
    const packs = [packOf([], { name: 'a-b' }), packOf([], { name: 'a_b' })];
    expect(checkConfig({ packs }).faults.map(renderFault)).toEqual([
      'pack a_b: must be the only pack of this name (- and _ count as one)',
    ]);
  });

  it('with a pack named like one of Sexton’s commands is refused, because nobody could reach its own', () => {
    expect(checkConfig({ packs: [packOf([], { name: 'report' })] }).faults.map(renderFault)).toEqual([
      'pack report.name: must not be the name of one of Sexton’s commands, which `sexton NAME` would be taken for, got "report"',
    ]);
  });

  it('with one pack twice, or with nothing in it, is refused', () => {
    expect(checkConfig({ packs: [packOf([]), packOf([])] }).faults.map(renderFault)).toEqual([
      'pack garden: must be the only pack of this name (- and _ count as one)',
    ]);
    expect(checkConfig(undefined).faults.map(renderFault)).toEqual(['sexton.config.ts: must be set']);
    expect(checkConfig({ packs: [] }).faults.map(renderFault)).toEqual([
      'sexton.config.ts.packs: must name at least one pack, got []',
    ]);
  });
});
