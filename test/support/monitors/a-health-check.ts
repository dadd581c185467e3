// A health check for tests: one check unless it is said otherwise, and alerts as they are by default.
import type { CheckSnapshot, HealthSnapshot } from '../../../src/domain/health/health.ts';
import { aPolicy } from '../alerts/policies.ts';

export const aCheck = (change: Partial<CheckSnapshot> = {}): CheckSnapshot => ({
  name: 'database_connectivity',
  label: 'Database: app',
  kind: 'postgres',
  timeoutSeconds: 5,
  with: { database: 'app', warnAboveMs: 60_000 },
  ...change,
});

export const aHealthCheck = (change: Partial<HealthSnapshot> = {}): HealthSnapshot => ({
  v: 1,
  pack: 'test-pack',
  name: 'check_health',
  summary: 'What the tests depend on',
  owner: 'on-call',
  cadenceSeconds: 21_600,
  checks: [aCheck()],
  alerts: {
    rule: {
      pack: 'test-pack',
      name: 'health_check',
      routes: { warning: aPolicy(), critical: aPolicy() },
      reopenWithinSeconds: 300,
      reopenAfterSeconds: 1800,
    },
    warn: {
      severity: 'warning',
      severityWord: 'warning',
      alertType: 'health_check_warn',
      recommendedAction: 'Look at it',
    },
    fail: {
      severity: 'critical',
      severityWord: 'critical',
      alertType: 'health_check_fail',
      recommendedAction: 'Mend it',
    },
  },
  summaryTo: [],
  ...change,
});
