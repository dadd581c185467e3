// Rows and chart as HTML for a message: what is out of its limits stands out, and no value opens an element.
import { describe, expect, it } from 'vitest';
import type { ReportAnswer } from '../../../src/domain/reports/answer.ts';
import { answerHtml } from '../../../src/domain/reports/html.ts';

const answer: ReportAnswer = {
  report: 'garden/report/beds',
  title: 'Beds',
  purpose: '',
  asOf: '2026-02-10T14:30:00Z',
  params: {},
  tables: [
    {
      columns: [
        { name: 'bed', type: 'text', decimals: 0 },
        {
          name: 'weeds',
          type: 'percent',
          decimals: 2,
          bands: { warning: { atLeast: 10 }, critical: { above: 30 } },
        },
      ],
      rows: [
        { bed: '<img src=x onerror="a()">', weeds: 31 },
        { bed: "o'clock & co", weeds: 10 },
        { bed: 'last', weeds: null },
      ],
    },
  ],
  lines: [],
  untaken: [],
  durationMs: 1,
  budgetMs: 2,
  chart: { kind: 'bar', x: 'bed', y: ['weeds'] },
};

describe('an answer as HTML', () => {
  it('shows every value as text, whatever it holds, in cells and in its chart', () => {
    const html = answerHtml(answer, 10);
    expect(html).not.toMatch(/<img|onerror="/);
    expect(html).toContain('>&lt;img src=x onerror=&quot;a()&quot;&gt;</td>');
    expect(html).toContain('>o&#39;clock &amp; co</td>');
    expect(html).toContain('>–</td>');
  });

  it('marks what is out of its limits, and says how many rows it leaves out (DRAFT-29)', () => {
    const html = answerHtml(answer, 2);
    expect(html).toMatch(/background:#ffebe9;font-weight:bold;">31\.00</);
    expect(html).toMatch(/background:#fff8c5;">10\.00</);
    expect(html).toContain('… and 1 more rows');
  });

  it('has the line of blocks beside the picture, for programs that show none', () => {
    const html = answerHtml(answer, 10);
    expect(html).toContain('<svg ');
    expect(html).toMatch(/weeds [▁-█ ]+ /);
  });
});
