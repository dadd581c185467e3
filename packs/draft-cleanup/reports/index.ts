// The pack's reports: the eleven numbered queries of DRAFT-37 in their order, then those without a number.
import type { ReportDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { cleanupJobEffectiveness } from './cleanup-job-effectiveness.ts';
import { cleanupJobPerformance } from './cleanup-job-performance.ts';
import { cleanupUptime } from './cleanup-uptime.ts';
import { createdVsCleaned } from './created-vs-cleaned.ts';
import { dailyTrendAnalysis } from './daily-trend-analysis.ts';
import { draftsByAgeDistribution } from './drafts-by-age-distribution.ts';
import { hourlyTrafficPattern } from './hourly-traffic-pattern.ts';
import { monthlyTrend } from './monthly-trend.ts';
import { organizationLeaderboard } from './organization-leaderboard.ts';
import { pendingCleanupAudit } from './pending-cleanup-audit.ts';
import { preVsPostComparison } from './pre-vs-post-comparison.ts';
import { recentJobErrors } from './recent-job-errors.ts';
import { redisConsistencyCheck } from './redis-consistency-check.ts';
import { systemHealthDashboard } from './system-health-dashboard.ts';
import { userBehaviorAnalysis } from './user-behavior-analysis.ts';

export const reports = (values: DraftEnv): readonly ReportDefinition[] => [
  systemHealthDashboard(values),
  draftsByAgeDistribution,
  cleanupJobPerformance,
  organizationLeaderboard,
  dailyTrendAnalysis,
  pendingCleanupAudit(values),
  hourlyTrafficPattern,
  redisConsistencyCheck(values),
  cleanupJobEffectiveness,
  preVsPostComparison(values),
  userBehaviorAnalysis,
  monthlyTrend,
  cleanupUptime,
  createdVsCleaned,
  recentJobErrors,
];
