// Twelve panels in four rows (DRAFT-80): now, trends, performance, alerts. Between the limits gauges are yellow, and a value
// past a gauge's range shows its number all the same (DRAFT-81).
import {
  type DashboardDefinition,
  type DashboardRowDefinition,
  defineDashboard,
} from '../../../src/index.ts';
import { lastRun, pollution } from '../panels.ts';

const realTime: DashboardRowDefinition = {
  title: 'Real-time Health',
  panels: [
    {
      title: 'Total Drafts',
      visual: 'gauge',
      range: [0, 50],
      source: { report: 'system_health_dashboard', y: 'total_drafts' },
      unit: 'count',
      decimals: 0,
      thresholds: [
        { atLeast: 20, colour: 'yellow' },
        { above: 50, colour: 'red' },
      ],
    },
    {
      title: 'Pollution %',
      visual: 'gauge',
      range: [0, 100],
      ...pollution,
    },
    { title: 'Job Status', ...lastRun },
  ],
};

const trends: DashboardRowDefinition = {
  title: 'Trends',
  refresh: '1h',
  panels: [
    {
      title: 'Drafts Created vs Cleaned',
      visual: 'line',
      source: {
        report: 'created_vs_cleaned',
        params: { days: 7 },
        x: 'date',
        y: ['drafts_created', 'drafts_cleaned'],
      },
      unit: 'count',
      decimals: 0,
    },
    {
      title: 'Age Distribution',
      visual: 'bars',
      source: { report: 'drafts_by_age_distribution', x: 'age_bucket', y: ['draft_count', 'unused_count'] },
      marks: [{ of: 'unused_count', at: '> 24h', above: 0, label: 'unused and overdue', colour: 'red' }],
      unit: 'count',
      decimals: 0,
    },
    {
      title: 'Top 5 Organizations',
      visual: 'table',
      source: {
        report: 'organization_leaderboard',
        params: { limit: 5 },
        y: ['rank', 'organization_name', 'total_drafts', 'unused_drafts', 'pollution_percentage'],
      },
      decimals: 2,
    },
  ],
};

const performance: DashboardRowDefinition = {
  title: 'Performance',
  refresh: '1h',
  panels: [
    {
      title: 'Session Duration',
      visual: 'histogram',
      source: { report: 'user_behavior_analysis', x: 'duration_bucket', y: 'session_count' },
      unit: 'count',
      decimals: 0,
    },
    {
      title: 'Job Success Rate',
      about: 'This week so far; the target is 99 %.',
      visual: 'stat',
      source: { report: 'cleanup_job_effectiveness', y: 'success_rate' },
      unit: 'percent',
      decimals: 2,
      thresholds: [
        { atLeast: 0, colour: 'red' },
        { atLeast: 99, colour: 'green' },
      ],
    },
    {
      title: 'Recent Job Errors',
      visual: 'log',
      source: {
        report: 'recent_job_errors',
        params: { window: '30d' },
        y: ['started_at', 'error', 'trigger', 'deleted_count', 'run_id'],
      },
    },
  ],
};

const STATES = {
  ok: 'green',
  pending: 'yellow',
  firing: 'red',
  acknowledged: 'orange',
  resolving: 'yellow',
  held: 'orange',
  resolved: 'green',
  error: 'red',
  'no data': 'grey',
  'not looked at': 'grey',
} as const;

const alerts: DashboardRowDefinition = {
  title: 'Alerts',
  panels: [
    {
      title: 'Alert History',
      visual: 'list',
      source: { alerts: 'history', within: '24h' },
      states: STATES,
    },
    { title: 'Alert Status Map', visual: 'status-map', source: { alerts: 'states' }, states: STATES },
    {
      title: 'Incident Timeline',
      visual: 'timeline',
      span: '7d',
      source: { alerts: 'incidents', within: '7d' },
      states: STATES,
    },
  ],
};

export const production: DashboardDefinition = defineDashboard({
  name: 'production',
  title: 'Drafts: production',
  summary: 'Health now, trends, performance of the cleanup, and alerts',
  refresh: '5m',
  range: '7d',
  rows: [realTime, trends, performance, alerts],
});
