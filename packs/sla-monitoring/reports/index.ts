// Every report of the pack, one line each. A test fails while this list and the folder differ.
import type { ReportDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { alertHistory } from './alert-history.ts';
import { durationPercentiles } from './duration-percentiles.ts';
import { failurePatterns } from './failure-patterns.ts';
import { healthLatency } from './health-latency.ts';
import { healthLatest } from './health-latest.ts';
import { metricSamples } from './metric-samples.ts';
import { mrqAgeHistogram } from './mrq-age-histogram.ts';
import { mrqByPriority } from './mrq-by-priority.ts';
import { mrqPatterns } from './mrq-patterns.ts';
import { mrqResolutionTrend } from './mrq-resolution-trend.ts';
import { mrqSummary } from './mrq-summary.ts';
import { runDiagnostics } from './run-diagnostics.ts';
import { slaSummary } from './sla-summary.ts';
import { slaTrend } from './sla-trend.ts';

export const reports = (env: SlaEnv): readonly ReportDefinition[] => [
  slaSummary(env),
  slaTrend(env),
  durationPercentiles,
  failurePatterns,
  runDiagnostics,
  mrqSummary(env),
  mrqAgeHistogram,
  mrqByPriority,
  mrqResolutionTrend,
  mrqPatterns,
  healthLatest,
  healthLatency,
  alertHistory,
  metricSamples(env),
];
