// Page views go after 90 days, row by row, across all months of the partitioned table; other events stay.
import { defineJob } from 'sexton';

export const cleanupPageViews = (days: number) =>
  defineJob({
    name: 'cleanup_page_views',
    summary: `Deletes page views older than ${days} days`,
    owner: 'shop-team',
    resourceType: 'event',
    schedule: '40 2 * * *',
    budget: '20m',
    steps: [
      {
        name: 'page-views',
        action: 'delete',
        batch: 1000,
        selection: {
          database: 'app',
          table: 'shop.events',
          key: ['id', 'created_at'],
          age: { column: 'created_at', olderThan: `${days}d` },
          where: "kind = 'page_view'",
        },
      },
    ],
  });
