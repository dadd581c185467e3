// A health check in words: what the Temporal UI says of it before it has looked, and one line a check afterwards.
import { formatDuration } from '../duration.ts';
import { rounded } from '../monitors/statistics.ts';
import { staticDetails } from '../static-details.ts';
import type { CheckResult, CheckSnapshot, HealthReport, HealthSnapshot, HealthStatus } from './health.ts';

export const healthStaticSummary = ({ pack, summary }: HealthSnapshot): string => `${pack} · ${summary}`;

export const healthStaticDetails = (snapshot: HealthSnapshot): string => {
  const { checks, alerts } = snapshot;
  const bands = [alerts?.fail, alerts?.warn].flatMap((band) => (band ? [band.severityWord] : []));
  return staticDetails(snapshot, [
    ...checks.map(
      ({ label, kind, timeoutSeconds }) =>
        `**Check** ${label}: ${kind}, at most ${formatDuration(timeoutSeconds)}`,
    ),
    ...(alerts ? [`**Rule** ${alerts.rule.name}: ${bands.join(', ')}`] : []),
  ]);
};

/** Told by the line already, or a list, which is for machines. */
const SHOWN_APART: ReadonlySet<string> = new Set(['name', 'status', 'latency_ms', 'error', 'value']);

const figuresOf = (result: CheckResult): readonly string[] =>
  Object.entries(result).flatMap(([figure, value]) =>
    SHOWN_APART.has(figure) || typeof value === 'object' ? [] : [`${figure} ${JSON.stringify(value)}`],
  );

/** People read no more than two decimals; the report has the figure whole. */
const valueText = (value: unknown): string => String(typeof value === 'number' ? rounded(value, 2) : value);

/** Why it does not pass, or what it was judged by; empty where its latency tells all. */
export const detailOf = (result: CheckResult): string => {
  const { error, value } = result;
  const stated = error ?? (value === undefined || value === null ? undefined : valueText(value));
  return [...(stated === undefined ? [] : [stated]), ...figuresOf(result)].join(', ');
};

const MARKS: Readonly<Record<HealthStatus, string>> = { PASS: '✓', WARN: '!', FAIL: '✗' };

export const labelsOf = (
  checks: readonly Pick<CheckSnapshot, 'name' | 'label'>[],
): ReadonlyMap<string, string> => new Map(checks.map(({ name, label }) => [name, label]));

/** Mark, label, status, latency where it was measured, and what there is to say; the last line is the overall status (SLA-49). */
export const healthLines = (
  { checks, status }: HealthReport,
  declared: readonly Pick<CheckSnapshot, 'name' | 'label'>[],
): readonly string[] => {
  const labels = labelsOf(declared);
  const labelOf = ({ name }: CheckResult): string => labels.get(name) ?? name;
  const width = Math.max(0, ...checks.map((result) => labelOf(result).length));
  const lines = checks.map((result) => {
    const { status: own, latency_ms: ms } = result;
    const latency = ms === undefined ? '' : `${ms} ms`;
    return `${MARKS[own]} ${labelOf(result).padEnd(width)}  ${own}  ${latency.padStart(8)}  ${detailOf(result)}`.trimEnd();
  });
  return [...lines, `Overall: ${status}`];
};
