// What the Temporal UI says of a monitor or a health check before it has measured anything: what somebody who was woken by it
// wants to know first.
import { formatDuration } from './duration.ts';

interface Watch {
  readonly summary: string;
  readonly owner: string;
  readonly cadenceSeconds: number;
  readonly runbook?: string;
}

/** Markdown: what it looks at, who answers for it, what to do; then what it consists of. */
export const staticDetails = (
  { summary, owner, cadenceSeconds, runbook }: Watch,
  parts: readonly string[],
): string =>
  [
    summary,
    '',
    `- **Owner** ${owner}`,
    `- **Cadence** ${formatDuration(cadenceSeconds)}`,
    ...(runbook === undefined ? [] : [`- **Runbook** ${runbook}`]),
    ...parts.map((part) => `- ${part}`),
  ].join('\n');
