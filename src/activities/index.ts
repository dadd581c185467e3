// The activities by name. A property's name is the activity's name, so renaming one breaks running workflows.
import {
  createCloseIncident,
  createLoadLadder,
  createLoadUnsent,
  createMarkHandedOver,
  createRecordAnswer,
  createRecordStep,
  createWhoWasTold,
} from './alerts/incident.ts';
import { createObserve } from './alerts/observe.ts';
import { createRedeliver } from './alerts/redeliver.ts';
import { createResolveInstant } from './alerts/resolve-instant.ts';
import { createResolveTargets } from './alerts/resolve-targets.ts';
import { createSend } from './alerts/send.ts';
import { createWhomToWake } from './alerts/whom-to-wake.ts';
import { createRecordChecklist } from './checklists/record-checklist.ts';
import { createCheckHealth } from './checks/check-health.ts';
import { withHealthTick } from './checks/check-ins.ts';
import type { Dependencies } from './dependencies.ts';
import { createBegin } from './job/begin.ts';
import { withBeginning, withEnd } from './job/check-ins.ts';
import { createHoldRun, createLetGoOfLock, createReleaseRun, createSetBatchSize } from './job/control.ts';
import { createFinish } from './job/finish.ts';
import { createPreview } from './job/preview.ts';
import { createRetryFailedRun } from './job/retry-failed-run.ts';
import { createPostLetter } from './letters/post-letter.ts';
import { withTick } from './monitor/check-ins.ts';
import { createEvaluate } from './monitor/evaluate.ts';
import { createEvaluateAfter } from './monitor/evaluate-after.ts';
import { createReconcile } from './reconcile/reconcile.ts';
import { createEndDigest, createMakeDigest } from './reports/make-digest.ts';
import { createSlice } from './slice/slice.ts';

/** Around a run, and what an escalation asks beside its workflow, on the orchestration queue. */
export const createJobActivities = (dependencies: Dependencies) => ({
  begin: withBeginning(dependencies.checkIns, createBegin(dependencies)),
  finish: withEnd(dependencies.checkIns, createFinish(dependencies)),
  preview: createPreview(dependencies),
  // why here: asked as a local activity, by the worker that runs the workflow.
  whomToWake: createWhomToWake(dependencies),
  resolveInstant: createResolveInstant(),
});

/** The batches, on the queue of the database that they work on. */
export const createCleanupActivities = (dependencies: Dependencies) => ({
  slice: createSlice(dependencies),
});

/** The door, the incident's row and what people ask of runs, on the watch queue. */
export const createWatchActivities = (dependencies: Dependencies) => ({
  holdRun: createHoldRun(dependencies),
  releaseRun: createReleaseRun(dependencies),
  setBatchSize: createSetBatchSize(dependencies),
  letGoOfLock: createLetGoOfLock(dependencies),
  retryFailedRun: createRetryFailedRun(dependencies),
  observe: createObserve(dependencies),
  markHandedOver: createMarkHandedOver(dependencies),
  loadLadder: createLoadLadder(dependencies),
  loadUnsent: createLoadUnsent(dependencies),
  whoWasTold: createWhoWasTold(dependencies),
  recordStep: createRecordStep(dependencies),
  recordAnswer: createRecordAnswer(dependencies),
  closeIncident: createCloseIncident(dependencies),
  evaluate: withTick(dependencies.checkIns, createEvaluate(dependencies)),
  makeDigest: createMakeDigest(dependencies),
  endDigest: createEndDigest(dependencies),
  checkHealth: withHealthTick(dependencies.checkIns, createCheckHealth(dependencies)),
  evaluateAfter: createEvaluateAfter(dependencies),
  recordChecklist: createRecordChecklist(dependencies),
});

/** Telling people, on the notify queue. */
export const createNotifyActivities = (dependencies: Dependencies) => ({
  resolveTargets: createResolveTargets(dependencies),
  send: createSend(dependencies),
  redeliver: createRedeliver(dependencies),
  postLetter: createPostLetter(dependencies),
});

/** Repairs, on a queue of their own. */
export const createReconcileActivities = (dependencies: Dependencies) => ({
  reconcile: createReconcile(dependencies),
});

export type JobActivities = ReturnType<typeof createJobActivities>;
export type CleanupActivities = ReturnType<typeof createCleanupActivities>;
export type WatchActivities = ReturnType<typeof createWatchActivities>;
export type NotifyActivities = ReturnType<typeof createNotifyActivities>;
export type ReconcileActivities = ReturnType<typeof createReconcileActivities>;
