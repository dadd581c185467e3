// Reports and digests are checked when they are declared, all faults at once.
import { describe, expect, it } from 'vitest';
import { findDigest, findReport } from '../../src/catalog/catalog.ts';
import type { DigestDefinition, ReportDefinition } from '../../src/index.ts';
import { aReport, gardenFaults, loadGarden } from '../support/packs/reports.ts';

const told = (change: Partial<ReportDefinition>): readonly string[] =>
  gardenFaults({ reports: [aReport(change)] }).map((fault) => fault.replace('garden/report/beds', 'it'));

describe('a report that is sound', () => {
  it('is found by its name and has its defaults', () => {
    const catalog = loadGarden({
      reports: [
        aReport({
          number: 5,
          sql: 'SELECT :limit AS n, :since AS at',
          params: {
            limit: { type: 'integer', about: 'most', default: 10 },
            since: { type: 'instant', about: 'from', default: new Date('2026-01-08T00:00:00Z') },
          },
          columns: [
            { name: 'n', type: 'percent' },
            { name: 'at', type: 'instant' },
          ],
          sample: [{ n: 1, at: '2026-01-08T00:00:00Z' }],
        }),
      ],
    });
    const { id, report } = findReport(catalog, 'beds');
    expect(id).toBe('garden/report/beds');
    expect(report).toMatchObject({ number: 5, budgetMs: 500, timeout: 30, sections: [], inputs: {} });
    expect(report.columns.map(({ decimals }) => decimals)).toEqual([2, 0]);
    expect(report.params['since']?.default).toBe('2026-01-08T00:00:00.000Z');
  });
});

describe('a report', () => {
  it.each<[string, Partial<ReportDefinition>, string]>([
    ['writes', { sql: 'DELETE FROM x' }, 'it.sql: must be SELECT, WITH or VALUES'],
    ['asks another clock', { sql: 'SELECT now() AS n' }, 'it.sql: must ask sexton.now() and no other clock'],
    [
      'names what nobody hands in',
      { sql: 'SELECT :m AS n' },
      'it.sql: must name only parameters and inputs of the report: :m is none',
    ],
    [
      'has a parameter that no statement uses',
      { params: { m: { type: 'text', about: 'm', default: '' } } },
      'it.params.m: must be used by a statement',
    ],
    [
      'has a default beyond its limits',
      { sql: 'SELECT :m AS n', params: { m: { type: 'integer', about: 'm', default: 0, min: 1 } } },
      'it.params.m.default: must be at least 1',
    ],
    [
      'shows a sample of other columns',
      { sample: [{ m: 1 }] },
      'it.sample.0: must have the columns in their order: n',
    ],
    [
      'draws a column that is not there',
      { chart: { kind: 'line', x: 'n', y: ['m'] } },
      'it.chart: must name columns of the report: m is none',
    ],
    [
      'asks a database that is not there',
      { database: 'shed' },
      'it.database: must be a database of the pack (app, home), got "shed"',
    ],
    [
      'takes rows of a database that is not there',
      { sql: 'SELECT :m AS n', inputs: { m: { kind: 'rows', database: 'shed', sql: 'SELECT 1' } } },
      'it.inputs.m.database: must be a database of the pack (app, home), got "shed"',
    ],
    [
      'takes a measure that is none',
      { sql: 'SELECT :m AS n', inputs: { m: { kind: 'redis', of: 'key-length' } } },
      'it.inputs.m.key: must name the key',
    ],
    [
      'is related to nothing that is there',
      { related: ['sheds'] },
      'it.related: must name reports, jobs, monitors, rules or checks of the pack; near it: beds, got "sheds"',
    ],
    [
      'has limits that say nothing',
      { columns: [{ name: 'n', type: 'count', bands: {} }] },
      'it.columns.0.bands: must say warning or critical',
    ],
  ])('that %s is refused', (_, change, fault) => {
    expect(told(change).join('\n')).toContain(fault);
  });

  it('shares its number with no other of its pack, and its name neither', () => {
    const reports = [
      aReport({ number: 1 }),
      aReport({ name: 'gates', number: 1 }),
      aReport({ name: 'gates' }),
    ];
    expect(gardenFaults({ reports })).toEqual([
      'garden/report/gates: is named twice in its pack',
      'garden/report/gates.number: must be unique in its pack: beds has it, got 1',
    ]);
  });
});

describe('a digest', () => {
  const digest = (change: Partial<DigestDefinition> = {}): DigestDefinition => ({
    name: 'weekly',
    title: 'The garden this week',
    summary: 'How the garden does',
    owner: 'gardener',
    schedule: '0 7 * * 1',
    reports: ['beds'],
    to: ['gardener'],
    signOff: { by: 'gardener', task: 'Look at the beds.' },
    ...change,
  });
  const faults = (change: Partial<DigestDefinition>): readonly string[] =>
    gardenFaults({ reports: [aReport()], digests: [digest(change)] }).map((fault) =>
      fault.replace('garden/digest/weekly', 'it'),
    );

  it('that is sound is kept for 24 months and signed off within six days (DRAFT-92, DRAFT-101)', () => {
    const { snapshot: found } = findDigest(
      loadGarden({ reports: [aReport()], digests: [digest()] }),
      'weekly',
    );
    expect(found).toMatchObject({
      keepSeconds: 730 * 86_400,
      signOff: { by: 'gardener', task: 'Look at the beds.', withinSeconds: 6 * 86_400 },
      reports: [{ report: 'beds', params: {} }],
    });
  });

  it.each<[string, Partial<DigestDefinition>, string]>([
    [
      'shows a report that is not there',
      { reports: ['gates'] },
      'it.reports.0: must be a report of the pack (beds), got "gates"',
    ],
    [
      'gives a parameter that the report has not',
      { reports: [{ report: 'beds', params: { limit: 5 } }] },
      'it.reports.0.params: there is no parameter limit; there is none',
    ],
    [
      'goes to nobody that is known',
      { to: ['cook'] },
      'it.to.0: must be a role, person or rotation of sexton.config.ts (gardener) or a target such as log, got "cook"',
    ],
    [
      'waits for its sign-off beyond the next one',
      { signOff: { by: 'gardener', task: 'Look.', within: '7d' } },
      'it.signOff.within: must be shorter than the time between two of them, 7d',
    ],
    ['has no report', { reports: [] }, 'it.reports: must have a report'],
  ])('that %s is refused', (_, change, fault) => {
    expect(faults(change).join('\n')).toContain(fault);
  });
});
