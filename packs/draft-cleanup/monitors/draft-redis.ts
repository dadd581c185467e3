// Whether Redis answers, and how many forms are open in it (DRAFT-28), alert 6.
import { defineMonitor, type MonitorDefinition } from '../../../src/index.ts';
import { alert } from '../alerts.ts';
import { draftSessions } from '../sessions.ts';

/** Every minute; two probes in a row that failed fire (DRAFT-30). */
export const draftRedis: MonitorDefinition = defineMonitor({
  name: 'draft-redis',
  summary: 'Whether Redis answers, and how many forms are open in it',
  owner: 'draft-on-call',
  schedule: '* * * * *',
  measures: {
    redis_up: { kind: 'redis', of: 'probe', timeout: '2s' },
    // Null while Redis does not answer: nobody can count then (DRAFT-128).
    redis_sessions: { ...draftSessions, keep: true },
  },
  rules: [
    alert(
      {
        number: 6,
        name: 'redis_unavailable',
        severity: 'high',
        summary: 'Redis does not answer: open forms go to the database, and the cleanup does not run',
        when: { measure: 'redis_up', below: 1 },
        response: '15m',
        actions: ['Restart Redis', 'Verify the fallback', "Read the application's logs"],
        runbook: 'redis-unavailable',
      },
      { for: '1m' },
    ),
  ],
});
