// How both of its dashboards show pollution and the newest run.
export const pollution = {
  source: { report: 'system_health_dashboard', y: 'pollution_percentage' },
  unit: 'percent',
  decimals: 2,
  thresholds: [
    { atLeast: 10, colour: 'yellow' },
    { above: 30, colour: 'red' },
  ],
} as const;

export const lastRun = {
  about: 'Hours since the last run.',
  visual: 'stat',
  source: { report: 'cleanup_job_performance', y: 'hours_since_last_run' },
  unit: 'hours',
  decimals: 2,
  thresholds: [{ above: 1.5, colour: 'red' }],
} as const;
