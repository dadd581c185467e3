// Every command of the pack, one line each. A test fails while this list and the folder differ.
import type { PackCommand } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { alertList } from './alert-list.ts';
import { alertTest } from './alert-test.ts';
import { cleanupDryRun } from './cleanup-dry-run.ts';
import { cleanupManual } from './cleanup-manual.ts';
import { cleanupManualList } from './cleanup-manual-list.ts';
import { cleanupPause } from './cleanup-pause.ts';
import { cleanupReleaseLock } from './cleanup-release-lock.ts';
import { cleanupResume } from './cleanup-resume.ts';
import { cleanupRetry } from './cleanup-retry.ts';
import { cleanupRunNow } from './cleanup-run-now.ts';
import { cleanupSetBatchSize } from './cleanup-set-batch-size.ts';
import { cleanupStop } from './cleanup-stop.ts';
import { diagnose } from './diagnose.ts';
import { permissionsCheck } from './permissions-check.ts';
import { quickcheck } from './quickcheck.ts';
import { rateLimit } from './rate-limit.ts';
import { redisCheck } from './redis-check.ts';
import { scheduleRestart } from './schedule-restart.ts';
import { trafficSource } from './traffic-source.ts';
import { workerRedeployCheck } from './worker-redeploy-check.ts';

export const commands = (env: DraftEnv): readonly PackCommand[] => [
  cleanupDryRun,
  cleanupRunNow,
  cleanupPause,
  cleanupResume,
  cleanupStop,
  cleanupRetry,
  cleanupSetBatchSize,
  cleanupReleaseLock,
  cleanupManual(env),
  cleanupManualList,
  quickcheck(env),
  diagnose,
  scheduleRestart,
  workerRedeployCheck,
  permissionsCheck,
  trafficSource,
  rateLimit,
  redisCheck,
  alertTest,
  alertList,
];
