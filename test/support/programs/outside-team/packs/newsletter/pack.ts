// The least that a pack can be: one job, no environment, no seed data, its alerts in the log.
import { defineJob, definePack } from 'sexton';

const cleanupSignups = defineJob({
  name: 'cleanup_signups',
  summary: 'Deletes sign-ups that nobody confirmed within a week',
  owner: 'shop-team',
  resourceType: 'signup',
  schedule: '40 3 * * *',
  budget: '5m',
  steps: [
    {
      name: 'signups',
      action: 'delete',
      batch: 1000,
      selection: {
        database: 'letters',
        table: 'signup',
        key: ['id'],
        age: { column: 'created_at', olderThan: '7d' },
      },
    },
  ],
});

export const newsletter = definePack({
  name: 'newsletter',
  databases: {
    letters: {
      url: 'DATABASE_URL',
      migrations: new URL('./migrations', import.meta.url),
    },
  },
  env: {},
  build: () => ({ jobs: [cleanupSignups] }),
});
