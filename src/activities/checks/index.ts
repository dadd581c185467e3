// The kinds of check by the name that declarations use.
import { createChannelsCheck } from './channels.ts';
import type { CheckDependencies, CheckKind } from './check-kind.ts';
import {
  createIndexCheck,
  createObjectsCheck,
  createPostgresCheck,
  createPrivilegesCheck,
  createTableShapeCheck,
} from './database.ts';
import { createLocksCheck } from './locks.ts';
import { createMeasureCheck } from './measure.ts';
import { createScheduleCheck } from './schedule.ts';
import { createBlobCheck, createRedisCheck } from './stores.ts';
import { createVariableCheck } from './variable.ts';
import { createWorkersCheck } from './workers.ts';

export type CheckKinds = Readonly<Record<string, CheckKind>>;

export const createCheckKinds = (dependencies: CheckDependencies): CheckKinds => ({
  blob: createBlobCheck(dependencies),
  channels: createChannelsCheck(dependencies),
  index: createIndexCheck(dependencies),
  locks: createLocksCheck(dependencies),
  measure: createMeasureCheck(dependencies),
  objects: createObjectsCheck(dependencies),
  postgres: createPostgresCheck(dependencies),
  privileges: createPrivilegesCheck(dependencies),
  redis: createRedisCheck(dependencies),
  schedule: createScheduleCheck(dependencies),
  'table-shape': createTableShapeCheck(dependencies),
  variable: createVariableCheck(dependencies),
  workers: createWorkersCheck(dependencies),
});
