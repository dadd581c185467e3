// The job that is measured, declared as any team declares one. It states a batch size and nothing else, so that
// strategy, sizes within that limit and throttle are the engine's defaults.
import { defineJob, definePack, variable } from '../../src/index.ts';
import { BATCH_ROWS, TABLE } from './terms.ts';

const deleteEvents = (batch: number) =>
  defineJob({
    name: 'delete_events',
    summary: 'Deletes the rows that every other method deletes as well',
    owner: 'bench',
    resourceType: 'event',
    schedule: '0 4 * * *',
    budget: '30m',
    steps: [
      {
        name: 'events',
        action: 'delete',
        batch,
        selection: {
          database: 'main',
          table: TABLE,
          key: ['id'],
          age: { column: 'created_at', olderThan: '30d' },
        },
      },
    ],
  });

export const bench = definePack({
  name: 'bench',
  databases: { main: { url: 'BENCH_DATABASE_URL' } },
  env: {
    /** Rows a batch, the same for the product and its peers. */
    BENCH_BATCH_ROWS: variable.number({ atLeast: 1, whole: true }).default(BATCH_ROWS),
  },
  build: ({ BENCH_BATCH_ROWS }) => ({ jobs: [deleteEvents(BENCH_BATCH_ROWS)] }),
});
