// The summary of a scheduled report, for people who look at it when they have time (DRAFT-35). It alerts nobody: that is the
// door's.
import type { Letter } from '../letters/letter.ts';
import type { HealthReport, HealthSnapshot } from './health.ts';
import { detailOf, healthLines, labelsOf } from './text.ts';

/** As long as other reports that are sent by themselves (DRAFT-101): 24 months. */
export const HEALTH_LETTER_KEEP_SECONDS = 730 * 86_400;

export const healthLetter = (snapshot: HealthSnapshot, report: HealthReport, tick: string): Letter => {
  const { pack, name, summary, checks } = snapshot;
  const labels = labelsOf(checks);
  const wrong = report.checks.filter(({ status }) => status !== 'PASS');
  const passed = report.checks.length - wrong.length;
  return {
    key: `health/${pack}/${name}/${tick}`,
    pack,
    kind: 'health',
    name,
    subject: `${pack}: ${name} ${report.status}`,
    at: tick,
    parts: [
      {
        title: summary,
        lines: [
          `${passed} of ${report.checks.length} checks pass`,
          ...wrong.map((result) => {
            const detail = detailOf(result);
            return `${labels.get(result.name) ?? result.name}: ${result.status}${detail && `, ${detail}`}`;
          }),
        ],
        table: healthLines(report, checks).join('\n'),
      },
    ],
    closing: wrong.length === 0 ? [] : [`Look again: sexton health ${name}`],
    payload: { health_check: name, ...report },
  };
};
