// A tick of reconcile: one activity that finishes what was left between two steps.
import { RECONCILE_DEFAULTS, type ReconcileResult, type ReconcileSettings } from '../domain/reconcile.ts';
import { reconcile } from './proxies.ts';

export async function reconcileWorkflow(settings: Partial<ReconcileSettings> = {}): Promise<ReconcileResult> {
  return reconcile({ ...RECONCILE_DEFAULTS, ...settings });
}
