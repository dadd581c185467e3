// The kinds of measure by the name that declarations use; each is a file beside this one.
import { createAlertingMeasure } from './alerting.ts';
import { createHttpMeasure } from './http.ts';
import { createJobSlaMeasure } from './job-sla.ts';
import type { LookingDependencies } from './looking.ts';
import type { MeasureKind } from './measure-kind.ts';
import { createPostgresActivityMeasure } from './postgres-activity.ts';
import { createRedisMeasure } from './redis.ts';
import { createSchedulesMeasure } from './schedules.ts';
import { createSqlMeasure } from './sql.ts';

export type MeasureKinds = Readonly<Record<string, MeasureKind>>;

export const createMeasureKinds = (dependencies: LookingDependencies): MeasureKinds => ({
  alerting: createAlertingMeasure(dependencies),
  http: createHttpMeasure(dependencies),
  'job-sla': createJobSlaMeasure(dependencies),
  'postgres-activity': createPostgresActivityMeasure(dependencies),
  redis: createRedisMeasure(dependencies),
  schedules: createSchedulesMeasure(dependencies),
  sql: createSqlMeasure(dependencies),
});
