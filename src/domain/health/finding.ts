// What one probe found, and how it becomes a line of the report. Limits are strict and judged before anything is rounded.
import type { CheckResult, HealthStatus } from './health.ts';

export interface Finding {
  readonly status: HealthStatus;
  /** Milliseconds from asking to the answer, as they were. */
  readonly latencyMs?: number;
  /** Why it does not pass. */
  readonly error?: string;
  /** The number that it was judged by. */
  readonly value?: number | null;
  /** What else its kind tells, by the names that the report has. */
  readonly figures?: Readonly<Record<string, unknown>>;
}

export const passed = (more: Omit<Finding, 'status'> = {}): Finding => ({ status: 'PASS', ...more });
export const warned = (error: string, more: Omit<Finding, 'status'> = {}): Finding => ({
  status: 'WARN',
  error,
  ...more,
});
export const failed = (error: string, more: Omit<Finding, 'status'> = {}): Finding => ({
  status: 'FAIL',
  error,
  ...more,
});

/** Half up, which is how all output is rounded. */
const rounded = (value: number, decimals: number): number => {
  const scale = 10 ** decimals;
  return Math.floor(value * scale + 0.5) / scale;
};

/**
 * Answered, a warning where that took longer than it may. `ask` answers with its milliseconds; one answer that is slow is
 * asked again, and the quicker counts: a connection that was cold, or a moment of load, is no slow dependency.
 */
export const askedTwice = async (ask: () => Promise<number>, warnAboveMs: number): Promise<Finding> => {
  const first = await ask();
  return answeredAfter(first > warnAboveMs ? Math.min(first, await ask()) : first, warnAboveMs);
};

/** What an answer after so long comes to. */
export const answeredAfter = (latencyMs: number, warnAboveMs: number): Finding => ({
  status: latencyMs > warnAboveMs ? 'WARN' : 'PASS',
  latencyMs,
});

export const hoursOf = (seconds: number): number => rounded(seconds / 3600, 1);

export const resultOf = (
  name: string,
  { status, latencyMs, error, value, figures }: Finding,
): CheckResult => ({
  name,
  status,
  ...(latencyMs !== undefined && { latency_ms: rounded(latencyMs, 0) }),
  ...(error !== undefined && { error }),
  ...(value !== undefined && { value }),
  ...figures,
});
