// Whole months of events go by DROP TABLE, whatever is in them, and the next months are made ahead.
import { defineJob } from 'sexton';

export const rotateEvents = (months: number) =>
  defineJob({
    name: 'rotate_events',
    summary: `Drops months of events that ended over ${months} months ago, and makes the next ones`,
    owner: 'shop-team',
    resourceType: 'event_month',
    schedule: '5 1 * * *',
    budget: '5m',
    steps: [
      {
        name: 'months',
        action: 'sql',
        database: 'app',
        sql: `SELECT shop.rotate_events(sexton.now() - interval '${months} months', current_setting('sexton.run_id'))`,
      },
    ],
  });
