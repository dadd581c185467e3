// The jobs of shop-orders, one line each.
import type { JobDefinition } from 'sexton';
import type { Env } from '../env.ts';
import { archiveOrders } from './archive-orders.ts';
import { cleanupPageViews } from './cleanup-page-views.ts';
import { rotateEvents } from './rotate-events.ts';

export const jobs = (env: Env): readonly JobDefinition[] => [
  archiveOrders(env.ORDER_DAYS),
  cleanupPageViews(env.PAGE_VIEW_DAYS),
  rotateEvents(env.EVENT_MONTHS),
];
