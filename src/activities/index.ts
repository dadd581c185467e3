// The activities by name. A property's name is the activity's name, so renaming one breaks running workflows.
import type { Dependencies } from './dependencies.ts';
import { createBegin } from './job/begin.ts';
import { createFinish } from './job/finish.ts';
import { createPreview } from './job/preview.ts';
import { createSlice } from './job/slice.ts';
import { createReconcile } from './reconcile/reconcile.ts';

/** Around a run, on the orchestration queue. */
export const createJobActivities = (dependencies: Dependencies) => ({
  begin: createBegin(dependencies),
  finish: createFinish(dependencies),
  preview: createPreview(dependencies),
});

/** The batches, on the queue of the database that they work on. */
export const createCleanupActivities = (dependencies: Dependencies) => ({
  slice: createSlice(dependencies),
});

/** Repairs, on a queue of their own. */
export const createReconcileActivities = (dependencies: Dependencies) => ({
  reconcile: createReconcile(dependencies),
});

export type JobActivities = ReturnType<typeof createJobActivities>;
export type CleanupActivities = ReturnType<typeof createCleanupActivities>;
export type ReconcileActivities = ReturnType<typeof createReconcileActivities>;
