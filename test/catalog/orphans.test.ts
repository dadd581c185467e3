// What a job may say of objects that no row names, and what a run is given of it.
import { describe, expect, it } from 'vitest';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { check } from '../../src/catalog/faults/zod.ts';
import { stepsSchema } from '../../src/catalog/schema/steps.ts';
import { stepSnapshot } from '../../src/catalog/snapshots/step.ts';
import type { BlobsStepDefinition, OrphansStepDefinition } from '../../src/index.ts';

const STEP: OrphansStepDefinition = {
  name: 'nobodys',
  action: 'orphans',
  database: 'app',
  orphans: { prefix: 'pdf/', referencedBy: [{ table: 'plan', column: 'pdf' }], olderThan: '7d' },
};

const snapshotOf = (step: OrphansStepDefinition | BlobsStepDefinition) =>
  stepsSchema.parse([step]).map(stepSnapshot)[0];

describe('a step of orphans', () => {
  it('that says no more than it must goes by pages of 1,000, lets a tenth go, waits a day, and reuses paths', () => {
    expect(snapshotOf(STEP)).toEqual({
      name: 'nobodys',
      action: 'orphans',
      database: 'app',
      batchRows: 1_000,
      orphans: {
        prefix: 'pdf/',
        referencedBy: [{ schema: 'public', table: 'plan', column: 'pdf' }],
        olderThanSeconds: 604_800,
        maxShare: 0.1,
        graceSeconds: 86_400,
        paths: 'reused',
      },
    });
  });

  it.each([
    [{ prefix: '/pdf' }, 'orphans.prefix: must be the beginning of paths, without a / before it'],
    [{ referencedBy: [] }, 'orphans.referencedBy: must name every column that names objects'],
    [
      { olderThan: '59m' },
      'orphans.olderThan: must be at least 1h: an upload whose row is still to be written',
    ],
    [{ maxShare: 0 }, 'orphans.maxShare: must be above 0; 0.1 is a tenth of the objects'],
    [{ maxShare: 10 }, 'orphans.maxShare: must be at most 1; 0.1 is a tenth of the objects'],
    [{ paths: 'unique' }, 'orphans.paths: must be immutable or reused'],
  ])('is refused where it says %j', (change, rule) => {
    const input = [{ ...STEP, orphans: { ...STEP.orphans, ...change } }];
    const checked = check({ schema: stepsSchema, input, place: 'steps' });
    expect(checked.ok ? [] : checked.faults.map(renderFault)).toEqual([expect.stringContaining(rule)]);
  });
});

describe('a step of objects', () => {
  const step = (blobs: BlobsStepDefinition['blobs']): BlobsStepDefinition => ({
    name: 'plans',
    action: 'blobs',
    batch: 10,
    selection: { database: 'app', table: 'plan', key: ['id'], age: { column: 'at', olderThan: '1d' } },
    blobs,
  });

  it('says of its paths what it declares, and nothing where it declares nothing', () => {
    expect(snapshotOf(step({ column: 'pdf', paths: 'reused' }))).toMatchObject({
      blobs: { column: 'pdf', paths: 'reused', graceSeconds: 0 },
    });
    expect(snapshotOf(step({ column: 'pdf' }))).toMatchObject({ blobs: { column: 'pdf', graceSeconds: 0 } });
    expect(snapshotOf(step({ column: 'pdf' }))).not.toHaveProperty('blobs.paths');
  });
});
