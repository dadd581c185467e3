// The report of a critical incident (SLA-73), as data and as the draft that people fill in.

export interface ReviewEvent {
  readonly at: string;
  readonly what: string;
}

export interface Review {
  readonly incident: string;
  /** `none` where the incident was never critical. */
  readonly state: 'none' | 'open' | 'done';
  readonly summary: string;
  readonly severity: string;
  readonly acknowledgedBy: string | null;
  readonly timeline: readonly ReviewEvent[];
  readonly diagnostics: Readonly<Record<string, unknown>>;
  readonly rootCause: string;
  readonly resolution: string;
  readonly reviewedBy: string | null;
}

/** Markdown; what nobody has written yet is empty and says so. */
export const reviewText = (review: Review): string =>
  [
    `# Incident report ${review.incident} (${review.state})`,
    '',
    `${review.severity}: ${review.summary}`,
    `Acknowledged by ${review.acknowledgedBy ?? 'nobody'}`,
    '',
    '## Timeline',
    ...review.timeline.map(({ at, what }) => `- ${at} ${what}`),
    '',
    '## Diagnostics',
    ...Object.entries(review.diagnostics).map(([name, value]) => `- ${name}: ${String(value)}`),
    '',
    '## Root cause',
    review.rootCause || '(to be written)',
    '',
    '## Resolution',
    review.resolution || '(to be written)',
  ].join('\n');
