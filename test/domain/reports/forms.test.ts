// One answer as a table, as CSV and as JSON: the same rows, limits and words in each.
import { describe, expect, it } from 'vitest';
import type { ReportAnswer } from '../../../src/domain/reports/answer.ts';
import { answerCsv, answerJson } from '../../../src/domain/reports/forms.ts';
import { answerText } from '../../../src/domain/reports/render.ts';

const answer: ReportAnswer = {
  report: 'garden/report/beds',
  number: 5,
  title: 'Beds',
  purpose: 'How the beds do.',
  asOf: '2026-02-10T14:30:00.123456Z',
  params: { limit: 2, bed: null },
  tables: [
    {
      columns: [
        { name: 'day', type: 'date', decimals: 0 },
        {
          name: 'weeds',
          type: 'percent',
          decimals: 2,
          bands: { warning: { atLeast: 10 }, critical: { above: 30 } },
        },
      ],
      rows: [
        { day: '2026-02-10', weeds: 200 / 6 },
        { day: '2026-02-09', weeds: 10 },
        { day: '2026-02-08', weeds: null },
        { day: '2026-02-07', weeds: 2 },
      ],
    },
    {
      name: 'gates',
      title: 'Gates',
      columns: [{ name: 'gate', type: 'text', decimals: 0 }],
      rows: [{ gate: 'north' }],
    },
  ],
  lines: ['Weeds grow.'],
  untaken: [{ input: 'rain', type: 'TIMEOUT', message: 'no answer within 10 s' }],
  durationMs: 412.2,
  budgetMs: 300,
  chart: { kind: 'line', x: 'day', y: ['weeds'] },
};

describe('an answer', () => {
  it('is a table for people, with marks behind what is out of its limits and what to make of it (DRAFT-59)', () => {
    expect(answerText(answer).split('\n')).toEqual([
      '5 · Beds',
      '2026-02-10T14:30:00Z · with limit=2, bed=none · critical',
      '',
      'day         weeds',
      '2026-02-10  33.33 !!',
      '2026-02-09  10.00 !',
      '2026-02-08      –',
      '2026-02-07   2.00',
      '',
      'Gates',
      'gate',
      'north',
      '',
      'weeds ▁ ▃▇ 2026-02-07 … 2026-02-10',
      '',
      '- Weeds grow.',
      '- rain could not be taken (TIMEOUT): no answer within 10 s',
      '',
      '! warning, !! critical · took 413 ms, over its budget of 300 ms',
    ]);
  });

  it('is CSV whose last columns say how each value stands, and an empty field is nothing (DRAFT-59)', () => {
    expect(answerCsv(answer)).toBe(
      [
        'day,weeds,weeds_band',
        '2026-02-10,33.33,critical',
        '2026-02-09,10.00,warning',
        '2026-02-08,,',
        '2026-02-07,2.00,healthy',
        '',
        'gate',
        'north',
        '',
      ].join('\r\n'),
    );
  });

  it('is one JSON object with rounded numbers, limits, words and what it took (DRAFT-59, SLA-51)', () => {
    expect(answerJson(answer)).toEqual({
      report: 'garden/report/beds',
      number: 5,
      title: 'Beds',
      purpose: 'How the beds do.',
      as_of: '2026-02-10T14:30:00.123456Z',
      params: { limit: 2, bed: null },
      status: 'critical',
      rows: [
        { day: '2026-02-10', weeds: 33.33 },
        { day: '2026-02-09', weeds: 10 },
        { day: '2026-02-08', weeds: null },
        { day: '2026-02-07', weeds: 2 },
      ],
      bands: [
        { row: 0, column: 'weeds', band: 'critical' },
        { row: 1, column: 'weeds', band: 'warning' },
        { row: 3, column: 'weeds', band: 'healthy' },
      ],
      sections: { gates: [{ gate: 'north' }] },
      interpretation: ['Weeds grow.', 'rain could not be taken (TIMEOUT): no answer within 10 s'],
      duration_ms: 413,
      budget_ms: 300,
      over_budget: true,
    });
  });

  it('without rows says so, and is a header alone as CSV', () => {
    const { chart: _, ...rest } = answer;
    const empty: ReportAnswer = {
      ...rest,
      tables: [{ ...answer.tables[0], rows: [] }],
      lines: [],
      untaken: [],
    };
    expect(answerText(empty)).toContain('\nno rows\n');
    expect(answerCsv(empty)).toBe('day,weeds,weeds_band\r\n');
    expect(answerJson(empty).status).toBeNull();
  });
});
