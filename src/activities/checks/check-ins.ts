// Check-ins of health checks: one a tick of the schedule, once it was looked at or could not be. What was found is no matter
// of the schedule.
import { performance } from 'node:perf_hooks';
import type { CheckIns } from '../../channels/sentry/check-in.ts';
import type { Checked, CheckHealthInput } from '../../domain/health/health.ts';
import { checkId } from '../../domain/ids.ts';

type CheckHealth = (input: CheckHealthInput) => Promise<Checked>;

/** `checkHealth`, told of afterwards. */
export const withHealthTick =
  (checkIns: CheckIns | undefined, checkHealth: CheckHealth): CheckHealth =>
  async (input) => {
    const { check, tick: run } = input;
    const began = performance.now();
    const tell = (status: 'ok' | 'error'): void => {
      const durationSeconds = (performance.now() - began) / 1000;
      // What somebody asked for beside the schedule says nothing of it.
      if (input.by !== undefined) return;
      checkIns?.tell({ id: checkId(check.pack, check.name), run, status, durationSeconds });
    };
    try {
      const checked = await checkHealth(input);
      tell('ok');
      return checked;
    } catch (error) {
      tell('error');
      throw error;
    }
  };
